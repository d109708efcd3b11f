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

const REFUSED = [
  ['no country code', '07400 123456'],
  ['an extension', '+44 7400 123456;ext=12'],
  ['letters', '+44 7400 12345a'],
  ['words around it', 'call +44 7400 123456 now'],
  ['a URI', 'tel:+447400123456'],
  ['no number of that country', '+44 1'],
  ['a country that is none', '+999 123 456 789'],
  ['nothing', ''],
  ['a megabyte', '+'.padEnd(1_000_000, '4')],
] as const

describe('phone numbers', () => {
  it.each(SPELLINGS)('%j is one number with all its other spellings (94)', (spelling) => {
    expect(parsePhone(spelling)).toBe('+447400123456')
  })

  it.each(REFUSED)('%s is no number', (_, text) => {
    expect(parsePhone(text)).toBeNull()
  })

  it('shows enough for the owner to recognise', () => {
    const phone = parsePhone('+447400123456')
    expect(phone && maskPhone(phone)).toBe('+44•••••••456')
  })
})
