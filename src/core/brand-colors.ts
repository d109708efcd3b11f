import { measureContrast } from './contrast.ts'
import { DESIGN_TOKENS, type ColorScheme, type Colors } from './design-tokens.ts'

/** Accent colours that replace those of the design, as `#rrggbb`; null: none. */
export interface Accents {
  readonly light: string | null
  /** Null with an accent of the light scheme: made from it. */
  readonly dark: string | null
}

/** Least contrast of text (WCAG 2.2 AA). */
const LEAST_CONTRAST = 4.5
/** What an accent is mixed with, so that it differs more from the surfaces of the scheme. */
const AWAY_FROM_SURFACE = { light: '#000000', dark: '#ffffff' } as const
/** Share of `AWAY_FROM_SURFACE` in the accent under the pointer. */
const STRONG_SHARE = 0.2
/** Shares of the accent in the surface of what is selected, the preferred one first. */
const SOFT_SHARES: readonly number[] = [0.12, 0.08, 0.05, 0.02, 0]
/** Steps in which an accent of the light scheme is made lighter for the dark one. */
const STEPS = 20

/**
 * The least contrast of an accent colour as text of a scheme and below the text of buttons, from 1 to 21.
 * Less than 4.5 cannot be read by everyone.
 */
export function measureAccent(accent: string, scheme: ColorScheme): number {
  const { surface, page, inset, onAccent } = DESIGN_TOKENS.colors[scheme]
  return Math.min(...[surface, page, inset, onAccent].map((color) => measureContrast(accent, color)))
}

/** Whether an accent colour can be read in a scheme. */
export function isReadableAccent(accent: string, scheme: ColorScheme): boolean {
  return measureAccent(accent, scheme) >= LEAST_CONTRAST
}

/** The colours of both schemes with the accents of the operator. */
export function buildBrandColors({ light, dark }: Accents): Readonly<Record<ColorScheme, Colors>> {
  const { colors } = DESIGN_TOKENS
  const darkAccent = dark ?? (light === null ? null : lightenForDark(light))
  return {
    light: light === null ? colors.light : replaceAccent(light, 'light'),
    dark: darkAccent === null ? colors.dark : replaceAccent(darkAccent, 'dark'),
  }
}

/** The accent with the least white that can be read in the dark scheme. */
function lightenForDark(accent: string): string {
  const candidates = Array.from({ length: STEPS + 1 }, (_, step) => mix(accent, '#ffffff', step / STEPS))
  return candidates.find((candidate) => isReadableAccent(candidate, 'dark')) ?? '#ffffff'
}

function replaceAccent(accent: string, scheme: ColorScheme): Colors {
  const colors = DESIGN_TOKENS.colors[scheme]
  const softs = SOFT_SHARES.map((share) => mix(colors.surface, accent, share))
  return {
    ...colors,
    accent,
    accentStrong: mix(accent, AWAY_FROM_SURFACE[scheme], STRONG_SHARE),
    accentSoft: softs.find((soft) => measureContrast(accent, soft) >= LEAST_CONTRAST) ?? colors.surface,
  }
}

/** The colour between two others; `share` is that of the second, 0 to 1. */
function mix(first: string, second: string, share: number): string {
  const [from, to] = [readChannels(first), readChannels(second)]
  const mixed = from.map((channel, index) => Math.round(channel + ((to[index] ?? 0) - channel) * share))
  return `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`
}

function readChannels(color: string): number[] {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16))
}
