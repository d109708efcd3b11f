import { hkdfSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createRefreshTokens } from '../../src/core/refresh-tokens.ts'
import {
  createKeyDerivation,
  deriveKey,
  keyedHash,
  newCode,
  newId,
  systemRandom,
} from '../../src/core/secrets.ts'
import {
  DAILY_GUESSES,
  GUARANTEED_GUESSES,
  LIMITS,
  dailyGuessProbability,
} from '../../src/features/limits/limits.ts'

describe('random bytes', () => {
  it('are each returned once, as copies, for any sequence of lengths (SR-053)', () => {
    const lengths = Array.from(
      { length: 20_000 },
      (_, index) => [18, 32, 12, 24, 4096, 9, 5000][index % 7] ?? 0,
    )
    const results = lengths.map((length) => systemRandom.bytes(length))
    expect(results.map((bytes) => bytes.length)).toEqual(lengths)
    // Eight equal bytes in two results would be a repetition.
    const seen = new Set(results.map((bytes) => bytes.toString('hex', 0, 8)))
    expect(seen.size).toBe(results.length)
    const before = results.slice(0, 100).map((bytes) => bytes.toString('hex'))
    for (const bytes of results.slice(100)) bytes.fill(0)
    expect(results.slice(0, 100).map((bytes) => bytes.toString('hex'))).toEqual(before)
  })

  it('are uniform over all byte values (SR-018)', () => {
    const bins = new Array<number>(256).fill(0)
    for (let draw = 0; draw < 50_000; draw += 1)
      for (const byte of systemRandom.bytes(18)) bins[byte] = (bins[byte] ?? 0) + 1
    const expected = (50_000 * 18) / 256
    const chiSquared = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 255 degrees of freedom: a fair source exceeds 400 once in about ten million runs.
    expect(chiSquared).toBeLessThan(400)
  })
})

describe('codes', () => {
  it('are uniform over a million draws and have six digits with leading zeros (SR-018)', () => {
    const draws = 1_000_000
    const bins = new Array<number>(1000).fill(0)
    let withLeadingZero = 0
    for (let draw = 0; draw < draws; draw += 1) {
      const code = newCode(systemRandom, 6)
      if (!/^\d{6}$/.test(code)) throw new Error('not six digits')
      if (code.startsWith('0')) withLeadingZero += 1
      const bin = Number(code) % 1000
      bins[bin] = (bins[bin] ?? 0) + 1
    }
    const expected = draws / bins.length
    const chiSquared = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 999 degrees of freedom: a fair source exceeds 1,240 once in about twenty million runs.
    expect(chiSquared).toBeLessThan(1240)
    expect(Math.abs(withLeadingZero / draws - 0.1)).toBeLessThan(0.005)
  })

  it('are one draw over the whole range', () => {
    const ranges: number[] = []
    const scripted = { ...systemRandom, integer: (below: number) => (ranges.push(below), 42) }
    expect(newCode(scripted, 8)).toBe('00000042')
    expect(ranges).toEqual([10 ** 8])
  })

  it('are guessed within a day with a probability of at most one in ten thousand (SR-023, SR-219)', () => {
    expect(dailyGuessProbability(6)).toBeLessThanOrEqual(1e-4)
    expect(DAILY_GUESSES).toBeLessThanOrEqual(100)
    expect(DAILY_GUESSES).toBeGreaterThanOrEqual(
      GUARANTEED_GUESSES * LIMITS.otpDaily.max + LIMITS.otpFailures.max * 2 + LIMITS.otpFailuresOnDevice.max,
    )
  })

  it('cannot be recovered from their stored form without the key (SR-027)', () => {
    const [key, otherKey] = [deriveKey(Buffer.from('one'), 'otp'), deriveKey(Buffer.from('two'), 'otp')]
    const stored = keyedHash(key, 'code', 'place', 'nonce', '000123')
    expect(stored).not.toContain('000123')
    const found = Array.from({ length: 100_000 }, (_, code) =>
      keyedHash(otherKey, 'code', 'place', 'nonce', `${code}`.padStart(6, '0')),
    ).includes(stored)
    expect(found).toBe(false)
  })
})

describe('keyed hashes', () => {
  const key = Buffer.alloc(32, 7)
  it('differ for lists that are equal when joined', () => {
    const hashes = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['', 'abc'], ['1:a']].map((parts) =>
      keyedHash(key, ...parts),
    )
    expect(new Set(hashes).size).toBe(hashes.length)
  })
  it('depend on the key, and keys on their purpose', () => {
    expect(keyedHash(deriveKey(key, 'otp'), 'a')).not.toBe(keyedHash(deriveKey(key, 'limits'), 'a'))
    expect(deriveKey(key, 'otp')).toHaveLength(32)
    const derive = createKeyDerivation(key)
    for (const purpose of ['otp', 'refresh/AAAAAAAAAAAAAAAAAAAAAAAA', ''])
      expect(derive(purpose)).toEqual(
        Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), `gateway/${purpose}`, 32)),
      )
  })
})

describe('refresh tokens', () => {
  const tokens = createRefreshTokens(Buffer.alloc(32, 1))
  const sessionId = newId(systemRandom)

  it('are deterministic for one session and counter, and can be read back', () => {
    const token = tokens.issue({ sessionId, counter: 3 })
    expect(tokens.issue({ sessionId, counter: 3 })).toBe(token)
    expect(tokens.read(token)).toEqual({ sessionId, counter: 3 })
  })

  it('are rejected with another counter, session, key or encoding (SR-062)', () => {
    const token = tokens.issue({ sessionId, counter: 3 })
    const [, , mac = ''] = token.split('.')
    const forged = [
      `${sessionId}.4.${mac}`,
      `${newId(systemRandom)}.3.${mac}`,
      `${sessionId}.03.${mac}`,
      `${sessionId}.3.${mac}=`,
      ` ${token}`,
      `${token}\n`,
      '',
      '..',
      `${sessionId}.-1.${mac}`,
      `${sessionId}.3.${'A'.repeat(43)}`,
    ]
    for (const text of forged) expect(tokens.read(text)).toBeNull()
    expect(createRefreshTokens(Buffer.alloc(32, 2)).read(token)).toBeNull()
  })

  it('carry a MAC of 256 bits (SR-062)', () => {
    const [, , mac = ''] = tokens.issue({ sessionId, counter: 0 }).split('.')
    expect(Buffer.from(mac, 'base64url')).toHaveLength(32)
  })
})
