import { describe, expect, it } from 'vitest'
import { toAmr } from '../../src/core/authentication-methods.ts'

describe('amr', () => {
  it.each([
    [['pwd'], ['pwd']],
    [['otp'], ['otp']],
    [['sms'], ['sms']],
    [
      ['pwd', 'totp'],
      ['pwd', 'otp', 'mfa'],
    ],
    [
      ['pwd', 'recovery'],
      ['pwd', 'mfa'],
    ],
  ])('of %j is %j', (methods, amr) => expect(toAmr(methods)).toEqual(amr))

  it('has no mfa for one factor used twice, or for a code by e-mail or SMS beside another factor (SR-032)', () => {
    for (const methods of [
      ['otp', 'otp'],
      ['sms', 'sms'],
      ['otp', 'sms'],
      ['pwd', 'otp'],
      ['pwd', 'sms', 'sms'],
      ['otp', 'totp'],
      ['totp', 'totp'],
      ['totp', 'recovery'],
    ])
      expect(toAmr(methods), methods.join()).not.toContain('mfa')
  })

  it('has only values of RFC 8176', () => {
    expect(toAmr(['pwd', 'unknown', 'recovery', 'otp', 'totp'])).toEqual(['pwd', 'otp', 'mfa'])
  })
})
