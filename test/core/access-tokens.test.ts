import { base64url, type JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { createAccessTokens } from '../../src/core/access-tokens.ts'
import { newId, systemRandom } from '../../src/core/secrets.ts'
import {
  KeyError,
  SIGNING_ALGORITHMS,
  buildPrivateKeySet,
  buildSharedSecretKeySet,
  findSecretWeakness,
} from '../../src/core/token-keys.ts'
import { CLAIMS, NOW, SECONDS, SUBJECT, decode, firstToken, newJwk, createTokens } from './token-forgery.ts'

const { jwk, keys, tokens, token, verdict, forge } = await firstToken()

describe('access tokens', () => {
  it('contain exactly the claims of RFC 9068 and a session, last fifteen minutes, and contain no personal data (SR-041, SR-044, SR-052)', () => {
    const [header, payload] = token.split('.').map((part) => part)
    expect(decode(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'first' })
    expect(decode(payload)).toEqual(CLAIMS)
  })

  it('verify while they are valid', async () => {
    expect(await tokens.verify(token)).toMatchObject({
      kind: 'valid',
      claims: { ...SUBJECT, issuedAt: SECONDS, expiresAt: SECONDS + 900 },
    })
  })

  it.each([
    [899_000, 'valid'],
    [904_999, 'valid'],
    [905_000, 'expired'],
    [906_000, 'expired'],
    [-5_000, 'valid'],
    [-6_000, 'expired'],
  ])('are %d ms after their issue %s (SR-044)', async (ms, kind) => {
    expect(
      await verdict(
        token,
        createTokens(keys, () => NOW + ms),
      ),
    ).toBe(kind)
  })

  it('contain well-formed authentication methods, or none in tokens of an earlier version', async () => {
    const { tokens, verdict, forge } = await firstToken()
    const verifyAmr = async (token: string) => {
      const verified = await tokens.verify(token)
      return verified.kind === 'valid' ? verified.claims.amr : verified.kind
    }
    expect(await verifyAmr(await tokens.sign({ ...SUBJECT, amr: ['pwd', 'otp', 'mfa'] }))).toEqual([
      'pwd',
      'otp',
      'mfa',
    ])
    expect(await verifyAmr(await tokens.sign(SUBJECT))).toEqual([])
    for (const amr of ['mfa', null, 1, { 0: 'mfa' }, ['pwd', 1], [['mfa']]])
      expect(await verdict(await forge({ ...CLAIMS, amr })), JSON.stringify(amr)).toBe('invalid')
  })

  it.each(['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'sid', 'scope'])(
    'without %s are rejected, although the signature is valid (SR-041)',
    async (name) => {
      expect(await verdict(await forge(CLAIMS))).toBe('valid')
      expect(await verdict(await forge({ ...CLAIMS, [name]: undefined }))).toBe('invalid')
      expect(await verdict(await forge({ ...CLAIMS, [name]: null }))).toBe('invalid')
    },
  )

  it.each(['JWT', 'jwt', 'rt+jwt', 'application/rt+jwt', '', undefined])(
    'of another type, %s, are rejected (SR-042)',
    async (typ) => {
      expect(await verdict(await forge(CLAIMS, { typ }))).toBe('invalid')
    },
  )

  it.each([
    ['iss', 'other'],
    ['iss', ['issuer']],
    ['aud', 'other'],
    ['aud', ['other']],
    ['aud', ['graphql', 'other']],
    ['aud', ''],
  ])('for the wrong %s %j are rejected (SR-043)', async (name, value) => {
    expect(await verdict(await forge({ ...CLAIMS, [name]: value }))).toBe('invalid')
  })

  it.each([
    { exp: `${SECONDS + 900}` },
    { exp: SECONDS + 0.5 },
    { exp: -1 },
    { exp: 253402300799 },
    { exp: SECONDS + 901 },
    { exp: SECONDS },
    { nbf: 'soon' },
    { iat: '0' },
  ])('with the times %j are rejected (SR-044, SR-045)', async (times) => {
    expect(await verdict(await forge({ ...CLAIMS, ...times }))).toBe('invalid')
  })

  it.each([{ iat: SECONDS + 6, exp: SECONDS + 900 }, { nbf: SECONDS + 6 }])(
    'with the future times %j are reported as expired, with the session to sign out of (SR-044)',
    async (times) => {
      expect(await verdict(await forge({ ...CLAIMS, ...times }))).toBe('expired')
    },
  )

  it.each(['', 'a\0b', 'a\uD800b', 'x'.repeat(65), 'a:b', '{a}'])(
    'with the session or token id %j are rejected (SR-055)',
    async (id) => {
      expect(await verdict(await forge({ ...CLAIMS, sid: id }))).toBe('invalid')
      expect(await verdict(await forge({ ...CLAIMS, jti: id }))).toBe('invalid')
    },
  )

  it.each(['1e400', '1E3', '1.0', '-0'])('with exp written as %s are rejected (SR-045)', async (exp) => {
    expect(
      await verdict(await forge(JSON.stringify(CLAIMS).replace(`"exp":${SECONDS + 900}`, `"exp":${exp}`))),
    ).toBe('invalid')
  })

  it('are cached after verification: only their time is checked again, and no other text is accepted (SR-044, SR-048)', async () => {
    let at = NOW
    const aging = createTokens(keys, () => at)
    const mine = await aging.sign(SUBJECT)
    expect([await verdict(mine, aging), await verdict(mine, aging)]).toEqual(['valid', 'valid'])
    expect(await verdict(`${mine}=`, aging)).toBe('invalid')
    expect(await verdict(mine.slice(0, -1), aging)).toBe('invalid')
    at = NOW + 905_000
    expect(await verdict(mine, aging)).toBe('expired')
    at = NOW - 6000
    expect(await verdict(mine, aging)).toBe('expired')
  })

  it('leave the cache with their key, and verify again when it returns (SR-051)', async () => {
    const other = await buildPrivateKeySet('ES256', [await newJwk('ES256', 'other')])
    let current = keys
    const source = { current: () => current, refresh: async () => current }
    const options = { issuer: 'issuer', audience: 'graphql', lifetime: 900, leeway: 5, now: () => NOW }
    const rotating = createAccessTokens({ ...options, keys: source })
    const mine = await rotating.sign(SUBJECT)
    expect([await verdict(mine, rotating), await verdict(mine, rotating)]).toEqual(['valid', 'valid'])
    current = other
    expect(await verdict(mine, rotating)).toBe('invalid')
    current = keys
    expect(await verdict(mine, rotating)).toBe('valid')
  })

  it('follow key rotation: the first key signs, all verify, and a removed key invalidates its tokens (SR-051)', async () => {
    const second = await newJwk('ES256', 'second')
    const rotated = createTokens(await buildPrivateKeySet('ES256', [second, jwk]))
    const newer = await rotated.sign(SUBJECT)
    expect(decode(newer.split('.')[0])['kid']).toBe('second')
    expect([await verdict(token, rotated), await verdict(newer, rotated)]).toEqual(['valid', 'valid'])
    const afterwards = createTokens(await buildPrivateKeySet('ES256', [second]))
    expect([await verdict(token, afterwards), await verdict(newer, afterwards)]).toEqual(['invalid', 'valid'])
  })

  it('reject key sets that are empty, repeat a kid, mix algorithms, or lack a private part (SR-051)', async () => {
    const publicOnly = keys.publicJwks[0] as JWK
    const symmetric: JWK = { kty: 'oct', k: base64url.encode('x'.repeat(32)), kid: 'oct' }
    const rsa = await newJwk('RS256', 'rsa')
    for (const set of [
      [],
      [jwk, jwk],
      [jwk, symmetric],
      [symmetric],
      [jwk, rsa],
      [publicOnly],
      [{ ...jwk, alg: 'ES384' }],
    ]) {
      await expect(buildPrivateKeySet('ES256', set)).rejects.toThrow(KeyError)
    }
  })

  it.each(SIGNING_ALGORITHMS.filter((algorithm) => algorithm !== 'HS256'))(
    'work with %s, and publish the public part only',
    async (algorithm) => {
      const set = await buildPrivateKeySet(algorithm, [await newJwk(algorithm, 'one')])
      const own = createTokens(set)
      expect(await verdict(await own.sign(SUBJECT), own)).toBe('valid')
      expect(
        Object.keys(set.publicJwks[0] ?? {}).filter((name) =>
          ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name),
        ),
      ).toEqual([])
    },
  )

  it('reject shared secrets that are short, published or repetitive (SR-040)', async () => {
    for (const secret of [
      '',
      'secret',
      'x'.repeat(31),
      'a'.repeat(64),
      'abababababababababababababababababab',
      'your-256-bit-secret',
      'a-string-secret-at-least-256-bits-long',
    ]) {
      expect(findSecretWeakness(secret)).not.toBeNull()
      await expect(buildSharedSecretKeySet(secret)).rejects.toThrow(KeyError)
    }
    expect(findSecretWeakness('k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h')).toBeNull()
  })

  it('use ids of 144 random bits: a million without a collision (SR-053)', () => {
    const ids = new Set(Array.from({ length: 1_000_000 }, () => newId(systemRandom)))
    expect(ids.size).toBe(1_000_000)
    expect(Buffer.from([...ids][0] ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(128)
  })
})
