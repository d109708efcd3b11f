import { describe, expect, it } from 'vitest'
import { maskPhone, parsePhone } from '../../src/core/phone.ts'

const SPELLINGS = [
  '+447400123456',
  '+44 7400 123456',
  '0044 7400 123456',
  '+44(0)7400123456',
  '+44 (0) 7400 123456',
  ' +44-7400-123456\r\n',
  '＋４４ ７４００ １２３４５６',
  '+٤٤٧٤٠٠١٢٣٤٥٦',
]

const INVALID = [
  ['no country code', '07400 123456'],
  ['an extension', '+44 7400 123456;ext=12'],
  ['letters', '+44 7400 12345a'],
  ['surrounding words', 'call +44 7400 123456 now'],
  ['a URI', 'tel:+447400123456'],
  ['an invalid number of a country', '+44 1'],
  ['an unknown country code', '+999 123 456 789'],
  ['nothing', ''],
  ['a megabyte', '+'.padEnd(1_000_000, '4')],
] as const

describe('phone numbers', () => {
  it.each(SPELLINGS)('%j has the same canonical form as its other spellings (SR-094)', (spelling) => {
    expect(parsePhone(spelling)).toBe('+447400123456')
  })

  it.each(INVALID)('%s is rejected', (_, text) => {
    expect(parsePhone(text)).toBeNull()
  })

  it('are masked', () => {
    const phone = parsePhone('+447400123456')
    expect(phone && maskPhone(phone)).toBe('+44•••••••456')
  })
})
