import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { measureContrast } from '../../src/core/contrast.ts'
import { DESIGN_TOKENS, renderTokenCss, type ColorName } from '../../src/core/design-tokens.ts'

const { light, dark } = DESIGN_TOKENS.colors
const SCHEMES = [
  ['light', light],
  ['dark', dark],
] as const

/** Colours of text, with the surfaces that they are on. */
const TEXTS: readonly (readonly [ColorName, readonly ColorName[]])[] = [
  ['ink', ['page', 'surface', 'inset', 'accentSoft', 'dangerSoft', 'successSoft', 'warningSoft']],
  ['quiet', ['page', 'surface', 'inset', 'accentSoft']],
  ['accent', ['page', 'surface', 'inset', 'accentSoft']],
  ['onAccent', ['accent', 'accentStrong']],
  ['danger', ['page', 'surface', 'dangerSoft']],
  ['success', ['page', 'surface', 'successSoft']],
  ['warning', ['page', 'surface', 'warningSoft']],
]

describe('measureContrast', () => {
  it('is 21 for black on white, 1 for a colour on itself, and the same in both orders', () => {
    expect(measureContrast('#000000', '#ffffff')).toBeCloseTo(21)
    expect(measureContrast('#1d4ed8', '#1d4ed8')).toBe(1)
    expect(measureContrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
    expect(measureContrast('#ffffff', '#777777')).toBeCloseTo(4.48, 2)
  })

  it('rejects what is not a colour of six digits', () => {
    expect(() => measureContrast('#fff', '#000000')).toThrow(RangeError)
  })
})

describe.each(SCHEMES)('the colours of the %s scheme', (_, colors) => {
  it.each(TEXTS)('let %s be read on every surface that it is on (WCAG AA, 4.5:1)', (text, surfaces) => {
    const weak = surfaces.filter((surface) => measureContrast(colors[text], colors[surface]) < 4.5)
    expect(weak).toEqual([])
  })

  it('let the border of a control be seen (WCAG AA, 3:1)', () => {
    for (const surface of [colors.page, colors.surface])
      expect(measureContrast(colors.control, surface)).toBeGreaterThanOrEqual(3)
  })
})

describe('renderTokenCss', () => {
  it('is what the style sheet of the app has (npm run generate)', () => {
    const styles = readFileSync(resolve(import.meta.dirname, '../../web/src/styles/tokens.css'), 'utf8')
    expect(styles.split('\n').slice(1).join('\n')).toBe(renderTokenCss())
  })

  it('writes each token once for each scheme', () => {
    const css = renderTokenCss()
    expect(css).toContain('--color-accent-strong: #1740b0;')
    expect(css).toContain('--text-heading: 1.5rem;')
    expect(css).toContain('--radius-card: 12px;')
    expect(css.match(/--color-page: /g)).toHaveLength(2)
  })

  it('replaces colours', () => {
    expect(renderTokenCss({ light: { ...light, accent: '#7a1f5c' }, dark })).toContain(
      '--color-accent: #7a1f5c',
    )
  })
})
