import { describe, expect, it } from 'vitest'
import { languageTag, newPassword, singleLineText } from '../../src/core/input.ts'

const name = singleLineText(200)

describe('a name', () => {
  it.each([
    'Ada Lovelace',
    'Séan O’Brien-Łuczak',
    'محمد بن سلمان',
    'נועה כהן',
    '김하늘',
    'علی\u200Cرضا',
    '👩\u200D🚀 Ada',
    'x'.repeat(200),
  ])('may be %j', (text) => expect(name.safeParse(text)).toMatchObject({ success: true, data: text }))

  it.each([
    ['a line feed', 'Ada\nBcc: eve@example.com'],
    ['a carriage return', 'Ada\rLovelace'],
    ['a tab', 'Ada\tLovelace'],
    ['a C1 control character', 'Ada\u0085Lovelace'],
    ['a line separator', 'Ada\u2028Lovelace'],
    ['a paragraph separator', 'Ada\u2029Lovelace'],
    ['an override of the direction', 'Ada \u202Egro.live'],
    ['an isolate', 'Ada \u2066x\u2069'],
    ['a mark of the direction', 'Ada\u200F'],
    ['NUL', 'Ada\0'],
    ['an unpaired surrogate', 'Ada\uD800'],
  ])('is rejected with %s', (_what, text) => {
    const { error } = name.safeParse(text)
    expect(error?.issues[0]).toMatchObject({ code: 'custom', params: { code: 'INVALID_CHARACTERS' } })
  })

  it.each(['', ' ', '\u200B\u2060', '\u00A0', 'x'.repeat(201)])(
    'is rejected without a visible text or too long: %j',
    (text) => {
      const { error } = name.safeParse(text)
      expect(error?.issues[0]).toMatchObject({ params: { code: 'INVALID_LENGTH' } })
    },
  )
})

describe('a language tag', () => {
  it.each([
    ['ko', 'ko'],
    ['ko-KR', 'ko-KR'],
    ['ko_KR', 'ko-KR'],
    ['zh_Hant_TW', 'zh-Hant-TW'],
  ])('%s is stored as %s', (text, tag) => expect(languageTag.parse(text)).toBe(tag))

  it.each(['', 'k', 'ko_', '_KR', 'ko__KR', 'ko_KR.UTF-8', 'ko KR'])('%j is rejected', (text) =>
    expect(languageTag.safeParse(text).success).toBe(false),
  )
})

describe('a new password (SR-006)', () => {
  it('is in Unicode NFC and otherwise as it was typed', () => {
    const password = newPassword(8)
    expect(password.parse('cafe\u0301 at noon')).toBe('caf\u00e9 at noon')
    for (const text of ['  spaces kept  ', 'ﬁne Ångström', '１２３４５６７８', 'x²+y²=z² ①'])
      expect(password.parse(text)).toBe(text)
  })

  it('is measured in that form', () => {
    expect(newPassword(8).safeParse('e\u0301'.repeat(7)).success).toBe(false)
    expect(newPassword(8).safeParse('e\u0301'.repeat(8)).success).toBe(true)
  })
})
