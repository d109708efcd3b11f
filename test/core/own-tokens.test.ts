import { describe, expect, it } from 'vitest'
import { createAccessTokens } from '../../src/core/access-tokens.ts'
import {
  buildPrivateKeySet,
  buildSharedSecretKeySet,
  createStaticKeySource,
  SIGNING_ALGORITHMS,
  type KeySet,
  type SigningAlgorithm,
} from '../../src/core/token-keys.ts'
import { createTokens, newJwk, NOW, SUBJECT } from './token-forgery.ts'

const OPTIONS = { issuer: 'issuer', audience: 'graphql', lifetime: 900, leeway: 5, now: () => NOW }
const keys = await buildPrivateKeySet('ES256', [await newJwk('ES256', 'first')])
const others = await buildPrivateKeySet('ES256', [await newJwk('ES256', 'other')])

function buildKeys(algorithm: SigningAlgorithm): Promise<KeySet> {
  if (algorithm === 'HS256') return buildSharedSecretKeySet('k9#Lw2!pQz7@Vx4$Rt6^Yb1&Nm3*Hc5(')
  return newJwk(algorithm, 'first').then((jwk) => buildPrivateKeySet(algorithm, [jwk]))
}

/** The service, with the number of times that a verification looks a key up. */
function countLookups(keySet: KeySet) {
  let lookups = 0
  class CountingMap extends Map<string, KeySet['signing']> {
    override get(kid: string) {
      lookups += 1
      return super.get(kid)
    }
  }
  const counted = createTokens({ ...keySet, verification: new CountingMap(keySet.verification) })
  const verify = async (token: string) => {
    const before = lookups
    const { kind } = await counted.verify(token)
    return { kind, lookups: lookups - before }
  }
  return { sign: (subject: typeof SUBJECT) => counted.sign(subject), verify }
}

describe('access tokens of the node that issued them', () => {
  it.each(SIGNING_ALGORITHMS)(
    'have the verdict that the verification of another node has, with %s (SR-224)',
    async (algorithm) => {
      const keySet = await buildKeys(algorithm)
      for (const subject of [
        SUBJECT,
        { ...SUBJECT, amr: ['pwd', 'otp', 'mfa'] },
        { ...SUBJECT, amr: [] },
        { ...SUBJECT, userId: 'é\uD800"\\ ', scope: '' },
        { ...SUBJECT, sessionId: 'x'.repeat(65) },
        { ...SUBJECT, tokenId: 'a:b' },
        { ...SUBJECT, scope: 'a'.repeat(4096) },
      ]) {
        const issuer = createTokens(keySet)
        const token = await issuer.sign(subject)
        expect(await issuer.verify(token)).toEqual(await createTokens(keySet).verify(token))
      }
    },
  )

  it('need no verification, and those of another node need one (SR-224)', async () => {
    const [issuer, other] = [countLookups(keys), countLookups(keys)]
    const token = await issuer.sign(SUBJECT)
    expect(await issuer.verify(token)).toEqual({ kind: 'valid', lookups: 0 })
    const foreign = await other.verify(token)
    expect(foreign.kind).toBe('valid')
    expect(foreign.lookups).toBeGreaterThan(0)
  })

  it('expire, and no other text is accepted for them (SR-044, SR-048, SR-224)', async () => {
    let at = NOW
    const issuer = createTokens(keys, () => at)
    const token = await issuer.sign(SUBJECT)
    const payload = Buffer.from(JSON.stringify({ sub: 'another' })).toString('base64url')
    for (const other of [`${token}=`, token.slice(0, -1), token.replace(/\.[^.]+\./, `.${payload}.`)])
      expect((await issuer.verify(other)).kind).toBe('invalid')
    at = NOW + 905_000
    expect((await issuer.verify(token)).kind).toBe('expired')
    at = NOW - 6000
    expect((await issuer.verify(token)).kind).toBe('expired')
  })

  it('are rejected once their key is removed, also when it is removed while they are signed (SR-051, SR-224)', async () => {
    let current = keys
    const source = { current: () => current, refresh: async () => current }
    const issuer = createAccessTokens({ ...OPTIONS, keys: source })
    const token = await issuer.sign(SUBJECT)
    expect((await issuer.verify(token)).kind).toBe('valid')
    current = others
    expect((await issuer.verify(token)).kind).toBe('invalid')
    current = keys
    const signing = issuer.sign(SUBJECT)
    current = others
    expect((await issuer.verify(await signing)).kind).toBe('invalid')
  })

  it('are rejected when the key that signs is not among those that verify (SR-224)', async () => {
    const source = createStaticKeySource({ ...keys, verification: others.verification })
    const issuer = createAccessTokens({ ...OPTIONS, keys: source })
    expect((await issuer.verify(await issuer.sign(SUBJECT))).kind).toBe('invalid')
  })
})
