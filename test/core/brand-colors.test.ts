import { describe, expect, it } from 'vitest'
import { buildBrandColors, isReadableAccent, measureAccent } from '../../src/core/brand-colors.ts'
import { measureContrast } from '../../src/core/contrast.ts'
import { DESIGN_TOKENS } from '../../src/core/design-tokens.ts'

describe('brand colours', () => {
  it('are those of the design without an accent', () => {
    expect(buildBrandColors({ light: null, dark: null })).toEqual(DESIGN_TOKENS.colors)
  })

  it.each(['#7a1f5c', '#0b6b2e', '#000000', '#b00020', '#5a3d00', '#1740b0'])(
    'can be read with the accent %s in both schemes, wherever the design uses it',
    (accent) => {
      expect(isReadableAccent(accent, 'light')).toBe(true)
      const { light, dark } = buildBrandColors({ light: accent, dark: null })
      expect(light.accent).toBe(accent)
      for (const colors of [light, dark]) {
        for (const surface of [colors.page, colors.surface, colors.inset, colors.accentSoft])
          expect(measureContrast(colors.accent, surface)).toBeGreaterThanOrEqual(4.5)
        for (const surface of [colors.accent, colors.accentStrong])
          expect(measureContrast(colors.onAccent, surface)).toBeGreaterThanOrEqual(4.5)
      }
    },
  )

  it('reject what cannot be read: a light colour on light surfaces, a dark one on dark surfaces', () => {
    expect(isReadableAccent('#ffcc00', 'light')).toBe(false)
    expect(isReadableAccent('#1d4ed8', 'dark')).toBe(false)
    expect(measureAccent('#ffffff', 'light')).toBe(1)
  })
})
