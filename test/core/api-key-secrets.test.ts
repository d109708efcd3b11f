import { describe, expect, it } from 'vitest'
import { isApiKeyId, isApiSecret, newApiKeyId, newApiSecret } from '../../src/core/api-key-secrets.ts'
import { newId, systemRandom } from '../../src/core/secrets.ts'

/** A source of equal bytes. */
const fill = (byte: number) => ({ ...systemRandom, bytes: (length: number) => Buffer.alloc(length, byte) })

describe('a secret of an API key', () => {
  it('holds 256 random bits in one word, with its prefix and a checksum (SR-249)', () => {
    const secrets = Array.from({ length: 200 }, () => newApiSecret(systemRandom))
    expect(secrets.every((secret) => /^gws_[0-9A-Za-z]{49}$/.test(secret) && isApiSecret(secret))).toBe(true)
    expect(new Set(secrets).size).toBe(200)
    // The largest number of 256 bits has 43 digits; a smaller one has leading zeros.
    expect(newApiSecret(fill(255)).slice(4, 47)).toBe('yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1')
    expect(newApiSecret(fill(0)).slice(4, 47)).toBe('0'.repeat(43))
  })

  it('is recognised by its checksum, so that a scanner finds no other word (SR-249)', () => {
    const secret = newApiSecret(systemRandom)
    const other = secret.at(10) === 'A' ? 'B' : 'A'
    expect(isApiSecret(`${secret.slice(0, 10)}${other}${secret.slice(11)}`)).toBe(false)
    for (const text of ['', secret.slice(1), secret.slice(0, -1), `${secret}0`, ` ${secret}`, `${secret}\n`])
      expect(isApiSecret(text)).toBe(false)
  })
})

describe('an id of an API key', () => {
  it('is never taken for the id of a session, nor the other way round (SR-254)', () => {
    expect(isApiKeyId(newApiKeyId(systemRandom))).toBe(true)
    expect(isApiKeyId(newId(systemRandom))).toBe(false)
    expect(isApiKeyId(`gwk_${newId(systemRandom).slice(4)}`)).toBe(false)
  })
})
