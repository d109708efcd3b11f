import { describe, expect, it } from 'vitest'
import { LANGUAGES, chooseLanguage } from '../../src/core/languages.ts'

const supported = LANGUAGES.map((tag) => ({ tag }))
const choose = (preferences: readonly (string | null)[], tag: string) =>
  chooseLanguage(preferences, { supported, fallback: { tag } }).tag

describe('the language', () => {
  it.each([
    [[], 'en'],
    [[null, null], 'en'],
    [['ko'], 'ko'],
    [['KO-kr'], 'ko'],
    [['ko_KR'], 'ko'],
    [['ko_Kore-KR;q=0.5, fr_FR'], 'ko'],
    [['ko-Kore-KR-x-seoul'], 'ko'],
    [['kok'], 'en'],
    [['fr', 'ko'], 'ko'],
    [['en', 'ko'], 'en'],
    [[null, 'ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7'], 'ko'],
    [['en-GB,en;q=0.9,ko;q=0.1'], 'en'],
    [['en;q=0.1, ko;q=0.9'], 'ko'],
    [['ko ; q=0.5 , en ; q=0.4'], 'ko'],
    [['fr-CH, fr;q=0.9, ko;q=0.8, *;q=0.5'], 'ko'],
    [['fr, *;q=0.5, ko;q=0.3'], 'ko'],
    [['fr, *'], 'en'],
    [['*'], 'en'],
    [['en;q=0, *'], 'ko'],
    [['en;q=0.000, fr'], 'en'],
    [['ko;q=0'], 'en'],
    [['*;q=0'], 'en'],
    [['*;q=0', 'ko'], 'ko'],
    [['', 'ko'], 'ko'],
    [['ko;q=1.000'], 'ko'],
    [['ko;Q=0.5,en;q=0.2'], 'ko'],
  ])('for %j is %s', (preferences, language) => expect(choose(preferences, 'en')).toBe(language))

  it('is the configured default without a supported preference', () => {
    for (const preferences of [[], ['fr'], ['*'], ['en;q=0'], ['not a language']])
      expect(choose(preferences, 'ko')).toBe('ko')
  })

  it.each([
    ['a weight out of range', 'ko;q=2'],
    ['a negative weight', 'ko;q=-1'],
    ['a weight with too many digits', 'ko;q=0.1234'],
    ['a weight that is not a number', 'ko;q=NaN'],
    ['another parameter', 'ko;level=1'],
    ['two weights', 'ko;q=1;q=1'],
    ['the Kelvin sign', '\u212Ao'],
    ['letters of full width', 'ｋｏ'],
    ['property names of every object', '__proto__,constructor,toString'],
    ['a path', '../ko'],
    ['line breaks', 'k\r\no'],
    ['a range after 256 characters', `${'fr,'.repeat(86)}ko`],
  ])('is not selected by %s', (_what, preference) => expect(choose([preference], 'en')).toBe('en'))

  it('is valid for any header', () => {
    for (const preference of [
      ',;=,'.repeat(10_000),
      'ko;q='.repeat(50_000),
      '*-'.repeat(50_000),
      '\0',
      '\uD800',
    ])
      expect(LANGUAGES).toContain(choose([preference], 'en'))
  })
})
