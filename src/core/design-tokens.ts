/**
 * The design of everything that users see: the app (`web/src/tokens.css` is generated from this file), pages
 * behind links, and messages. Text has a contrast of at least 4.5:1 on its surface in both schemes, borders
 * of controls and focus rings of 3:1 (WCAG 2.2 AA); a test measures them.
 */
export const DESIGN_TOKENS = {
  colors: {
    light: {
      /** Behind everything. */
      page: '#f3f4f7',
      /** Cards, fields, messages. */
      surface: '#ffffff',
      /** Parts of a surface that are set off from it: codes, hovered rows. */
      inset: '#f3f5fa',
      /** Text. */
      ink: '#1c1f26',
      /** Text of less importance: hints, times. */
      quiet: '#565d6b',
      /** Borders that only separate. */
      line: '#d9dce3',
      /** Borders of fields and buttons. */
      control: '#7a8190',
      /** Links, buttons of the main action, focus. */
      accent: '#1d4ed8',
      /** The main action under the pointer. */
      accentStrong: '#1740b0',
      /** Text on `accent`. */
      onAccent: '#ffffff',
      /** Surface of what is selected. */
      accentSoft: '#e8eefc',
      danger: '#b3261e',
      dangerSoft: '#fdecea',
      success: '#0f6b4a',
      successSoft: '#e6f4ee',
      warning: '#845000',
      warningSoft: '#fdf3e1',
    },
    dark: {
      page: '#14161b',
      surface: '#1f222a',
      inset: '#2b303c',
      ink: '#eceef3',
      quiet: '#a9b0bf',
      line: '#363b47',
      control: '#7f8798',
      accent: '#9dbaff',
      accentStrong: '#bdd0ff',
      onAccent: '#10131a',
      accentSoft: '#26304a',
      danger: '#ffb4ab',
      dangerSoft: '#3d2222',
      success: '#85dab5',
      successSoft: '#17322a',
      warning: '#f2c078',
      warningSoft: '#382b15',
    },
  },
  /** Fonts of the reader's system, with those that have Korean before the general ones. */
  fonts: {
    text: "-apple-system, 'Segoe UI', 'Apple SD Gothic Neo', 'Malgun Gothic', 'Noto Sans KR', 'Noto Sans CJK KR', Helvetica, Arial, sans-serif",
    code: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', 'Noto Sans Mono CJK KR', monospace",
  },
  /** Sizes of text in pixels, at the browser's default of 16 pixels. */
  textSizes: { small: 14, body: 16, large: 18, heading: 24, code: 34 },
  /** Space between and within parts: multiples of 4 pixels. */
  spaces: { s1: 4, s2: 8, s3: 12, s4: 16, s5: 20, s6: 24, s8: 32, s10: 40, s12: 48 },
  /** Radii of corners in pixels. */
  radii: { small: 6, control: 8, card: 12 },
  /** Widths in pixels: of a card with one task, of a column of text, of a message. */
  widths: { card: 420, column: 760, message: 600 },
} as const

/** A scheme that the reader prefers: `prefers-color-scheme`. */
export type ColorScheme = keyof typeof DESIGN_TOKENS.colors

/** Name of a colour, which each scheme has. */
export type ColorName = keyof typeof DESIGN_TOKENS.colors.light

/** Colours of a scheme by name. */
export type Colors = Readonly<Record<ColorName, string>>

/**
 * Writes the tokens as custom properties: `--color-accent-strong`, `--font-text`, `--text-heading` in rem,
 * `--space-s4`, `--radius-card` and `--width-card` in px. `colors` replaces the colours of the schemes.
 */
export function renderTokenCss(colors: Readonly<Record<ColorScheme, Colors>> = DESIGN_TOKENS.colors): string {
  const { fonts, textSizes, spaces, radii, widths } = DESIGN_TOKENS
  const lengths = [
    ...listProperties('text', textSizes, (pixels) => `${pixels / 16}rem`),
    ...[...listProperties('space', spaces, toPixels), ...listProperties('radius', radii, toPixels)],
    ...listProperties('width', widths, toPixels),
  ]
  const light = [
    'color-scheme: light dark',
    ...listProperties('color', colors.light),
    ...listProperties('font', fonts),
    ...lengths,
  ]
  const dark = listProperties('color', colors.dark)
  return `:root {\n  ${light.join(';\n  ')};\n}\n@media (prefers-color-scheme: dark) {\n  :root {\n    ${dark.join(';\n    ')};\n  }\n}\n`
}

function listProperties<Value extends string | number>(
  kind: string,
  values: Readonly<Record<string, Value>>,
  print: (value: Value) => string = String,
): string[] {
  return Object.entries(values).map(([name, value]) => `--${kind}-${toKebabCase(name)}: ${print(value)}`)
}

function toPixels(value: number): string {
  return `${value}px`
}

function toKebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
