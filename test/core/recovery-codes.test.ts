import { describe, expect, it } from 'vitest'
import { newRecoveryCode, parseTypedCode } from '../../src/core/recovery-codes.ts'
import { systemRandom } from '../../src/core/secrets.ts'

describe('a recovery code', () => {
  it('has 80 random bits in sixteen unambiguous characters', () => {
    const counts = new Map<string, number>()
    for (let made = 0; made < 2000; made += 1) {
      const code = newRecoveryCode(systemRandom)
      expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/)
      for (const digit of code.replaceAll('-', '')) counts.set(digit, (counts.get(digit) ?? 0) + 1)
    }
    expect(counts.size).toBe(32)
    // 1000 of each are expected; six standard deviations are 187.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(190)
  })

  it('is parsed in either case, with dashes or spaces, and with look-alike letters', () => {
    const written = { kind: 'recovery-code', code: '0123456789ABCDEF' }
    for (const text of [
      '0123-4567-89AB-CDEF',
      '0123456789abcdef',
      ' o1i3-4567 89ab-cdef '.replace('i3', '23'),
      'OI23-4567-89ab-cdef',
      'oL23 4567 89AB CDEF',
    ])
      expect(parseTypedCode(text), text).toEqual(written)
  })

  it('is distinguished from a TOTP code and from other texts by its form', () => {
    expect(parseTypedCode('123456')).toEqual({ kind: 'totp', code: '123456' })
    expect(parseTypedCode(' 123 456 ')).toEqual({ kind: 'totp', code: '123456' })
    const neither = [
      '',
      '12345',
      '1234567',
      '１２３４５６',
      '0123456789ABCDE',
      '0123456789ABCDEF0',
      '0123456789ABCDEU',
    ]
    for (const text of [...neither, '0123_4567_89AB_CDEF', '123456\n', 'ſ123456789ABCDEF'])
      expect(parseTypedCode(text), text).toBeNull()
  })
})
