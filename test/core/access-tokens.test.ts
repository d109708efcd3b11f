import { createHmac, createPublicKey } from 'node:crypto'
import { createServer } from 'node:http'
import { once } from 'node:events'
import {
  CompactSign,
  SignJWT,
  base64url,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { createAccessTokens, type AccessTokens } from '../../src/core/access-tokens.ts'
import { newId, systemRandom } from '../../src/core/secrets.ts'
import {
  KeyError,
  SIGNING_ALGORITHMS,
  privateKeySet,
  sharedSecretKeySet,
  weaknessOf,
  type KeySet,
  type SigningAlgorithm,
} from '../../src/core/token-keys.ts'

const NOW = Date.UTC(2026, 0, 31, 8)
const SECONDS = NOW / 1000
const SUBJECT = { userId: 'user', sessionId: 'session', tokenId: 'token', scope: 'posts:read' }
const CLAIMS = {
  sid: 'session',
  scope: 'posts:read',
  iss: 'issuer',
  aud: 'graphql',
  sub: 'user',
  jti: 'token',
  iat: SECONDS,
  exp: SECONDS + 900,
}
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

async function newJwk(algorithm: SigningAlgorithm, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  return { ...(await exportJWK(privateKey)), kid }
}

function tokensOf(keys: KeySet, now: () => number = () => NOW): AccessTokens {
  return createAccessTokens({ keys, issuer: 'issuer', audience: 'graphql', lifetime: 900, leeway: 5, now })
}

const decode = (part = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

describe('access tokens', () => {
  let jwk: JWK
  let keys: KeySet
  let tokens: AccessTokens
  let token: string
  beforeAll(async () => {
    jwk = await newJwk('ES256', 'first')
    keys = await privateKeySet('ES256', [jwk])
    tokens = tokensOf(keys)
    token = await tokens.sign(SUBJECT)
  })

  const verdict = async (text: string, by = tokens) => (await by.verify(text)).kind

  /** A token of the right key over any header and payload, in the canonical form. */
  async function forge(payload: string | object, header: Record<string, unknown> = {}): Promise<string> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    const protectedHeader = { alg: 'ES256', typ: 'at+jwt', kid: 'first', ...header }
    for (;;) {
      const signed = await new CompactSign(Buffer.from(text))
        .setProtectedHeader(protectedHeader as { alg: string })
        .sign(await importJWK(jwk, 'ES256'))
      // Half of all signatures are the higher of the two: those would be refused for that alone.
      if (!signatureIsHigh(signed)) return signed
    }
  }

  it('carry exactly the claims of RFC 9068 and a session, for exactly fifteen minutes, and nothing personal (41, 44, 52)', () => {
    const [header, payload] = token.split('.').map((part) => part)
    expect(decode(header)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: 'first' })
    expect(decode(payload)).toEqual(CLAIMS)
  })

  it('verify while they last', async () => {
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
    [-6_000, 'invalid'],
  ])('are, %d ms after they were made, %s (44)', async (ms, kind) => {
    expect(
      await verdict(
        token,
        tokensOf(keys, () => NOW + ms),
      ),
    ).toBe(kind)
  })

  it.each(['none', 'None', 'NONE', 'nOnE'])('with alg %s are refused, signed or not (37)', async (alg) => {
    const header = base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid: 'first' }))
    const [, payload, signature] = token.split('.')
    for (const text of [
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature}`,
    ]) {
      expect(await verdict(text)).toBe('invalid')
    }
  })

  it('without their signature are refused (37)', async () => {
    const [header, payload] = token.split('.')
    for (const text of [`${header}.${payload}.`, `${header}.${payload}`, `${header}..`, '..', '.', ''])
      expect(await verdict(text)).toBe('invalid')
  })

  it('signed by any algorithm but the configured one are refused, public keys used as secrets included (38)', async () => {
    const publicJwk = keys.publicJwks[0] as JWK
    const spki = await exportSPKI(createPublicKey({ key: publicJwk as never, format: 'jwk' }))
    const secrets = [
      spki,
      `${spki}\n`,
      spki.trim(),
      JSON.stringify(publicJwk),
      createPublicKey({ key: publicJwk as never, format: 'jwk' }).export({ type: 'spki', format: 'der' }),
    ]
    for (const alg of ['HS256', 'HS384', 'HS512']) {
      for (const secret of secrets) {
        const text = `${base64url.encode(JSON.stringify({ alg, typ: 'at+jwt', kid: 'first' }))}.${token.split('.')[1]}`
        const mac = createHmac(alg.replace('HS', 'sha'), secret).update(text).digest('base64url')
        expect(await verdict(`${text}.${mac}`)).toBe('invalid')
      }
    }
    const other = await generateKeyPair('RS256')
    const foreign = await new SignJWT(CLAIMS)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'first' })
      .sign(other.privateKey)
    expect(await verdict(foreign)).toBe('invalid')
  })

  it('accept HS256 alone of its family when that is configured (38)', async () => {
    const secret = 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h'
    const shared = tokensOf(sharedSecretKeySet(secret))
    expect(await verdict(await shared.sign(SUBJECT), shared)).toBe('valid')
    for (const alg of ['HS384', 'HS512']) {
      const text = await new SignJWT(CLAIMS)
        .setProtectedHeader({ alg, typ: 'at+jwt', kid: 'shared' })
        .sign(new TextEncoder().encode(secret.repeat(2)))
      expect(await verdict(text, shared)).toBe('invalid')
    }
  })

  it('that bring a key or point to one are refused, and nothing is fetched (39)', async () => {
    let asked = 0
    const server = createServer((_request, response) => void ((asked += 1), response.end('{}'))).listen(
      0,
      '127.0.0.1',
    )
    await once(server, 'listening')
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/keys`
    const attacker = await generateKeyPair('ES256', { extractable: true })
    const embedded = { ...(await exportJWK(attacker.publicKey)), kid: 'first' }
    for (const extra of [{ jwk: embedded }, { jku: url }, { x5u: url }, { x5c: ['MIIB'] }]) {
      const text = await new SignJWT(CLAIMS)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'first', ...extra })
        .sign(attacker.privateKey)
      expect(await verdict(text)).toBe('invalid')
      expect(await verdict(await forge(CLAIMS, extra))).toBe('invalid')
    }
    expect(asked).toBe(0)
    server.close()
  })

  it.each(['../../etc/passwd', "' OR 1=1 --", '__proto__', 'constructor', 'k'.repeat(10_000), ''])(
    'with the kid %s are refused (39)',
    async (kid) => {
      expect(await verdict(await forge(CLAIMS, { kid: kid.slice(0, 3000) }))).toBe('invalid')
      expect(await verdict(await forge(CLAIMS, { kid }))).toBe('invalid')
    },
  )

  it.each(['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'sid', 'scope'])(
    'without %s are refused, though the signature is right (41)',
    async (name) => {
      expect(await verdict(await forge(CLAIMS))).toBe('valid')
      expect(await verdict(await forge({ ...CLAIMS, [name]: undefined }))).toBe('invalid')
      expect(await verdict(await forge({ ...CLAIMS, [name]: null }))).toBe('invalid')
    },
  )

  it.each(['JWT', 'jwt', 'rt+jwt', 'application/rt+jwt', '', undefined])(
    'of another type, %s, are refused (42)',
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
  ])('for the wrong %s %j are refused (43)', async (name, value) => {
    expect(await verdict(await forge({ ...CLAIMS, [name]: value }))).toBe('invalid')
  })

  it.each([
    { exp: `${SECONDS + 900}` },
    { exp: SECONDS + 0.5 },
    { exp: -1 },
    { exp: 253402300799 },
    { exp: SECONDS + 901 },
    { exp: SECONDS },
    { iat: SECONDS + 6, exp: SECONDS + 900 },
    { nbf: SECONDS + 6 },
    { nbf: 'soon' },
    { iat: '0' },
  ])('with the times %j are refused (44, 45)', async (times) => {
    expect(await verdict(await forge({ ...CLAIMS, ...times }))).toBe('invalid')
  })

  it.each(['1e400', '1E3', '1.0', '-0'])('with exp spelled %s are refused (45)', async (exp) => {
    expect(
      await verdict(await forge(JSON.stringify(CLAIMS).replace(`"exp":${SECONDS + 900}`, `"exp":${exp}`))),
    ).toBe('invalid')
  })

  it('with a claim or header named twice are refused (46)', async () => {
    const text = JSON.stringify(CLAIMS)
    expect(await verdict(await forge(text.replace('{', '{"sub":"admin",')))).toBe('invalid')
    expect(await verdict(await forge(text.replace(/}$/, ',"sub":"admin"}')))).toBe('invalid')
    const [, payload, signature] = token.split('.')
    const header = base64url.encode('{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"first"}')
    expect(await verdict(`${header}.${payload}.${signature}`)).toBe('invalid')
  })

  it('with crit, b64, zip or in five parts are refused (47)', async () => {
    for (const extra of [
      { crit: ['exp'] },
      { crit: ['unknown'], unknown: 1 },
      { zip: 'DEF' },
      { b64: false, crit: ['b64'] },
    ]) {
      const forged = await forge(CLAIMS, extra).catch(
        () =>
          `${base64url.encode(JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: 'first', ...extra }))}.${token.split('.').slice(1).join('.')}`,
      )
      expect(await verdict(forged)).toBe('invalid')
    }
    expect(await verdict(`${token}.a.b`)).toBe('invalid')
  })

  it('in any other spelling are refused (48)', async () => {
    const [header = '', payload = '', signature = ''] = token.split('.')
    const spellings = [
      `${token}=`,
      `${token}==`,
      `${token}\n`,
      ` ${token}`,
      `${header}.${payload}.${signature.slice(0, 10)} ${signature.slice(10)}`,
      `${header}.${payload}.${signature.slice(0, 10)}\t${signature.slice(10)}`,
      `${header}.${payload}.${Buffer.from(signature, 'base64url').toString('base64')}`,
      `${header}=.${payload}.${signature}`,
      `${header}.${payload}=.${signature}`,
      `${header}.${payload}.${respellLast(signature)}`,
      `${header}.${payload}.${mirror(signature)}`,
      `${header}.${payload}.${signature}.`,
      encodeURIComponent(token).replaceAll('.', '%2E'),
    ]
    for (const spelling of spellings)
      expect([spelling, await verdict(spelling)]).toEqual([spelling, 'invalid'])
    expect(await verdict(token)).toBe('valid')
  })

  it('always carry the lower of the two signatures (48)', async () => {
    const made = await Promise.all(Array.from({ length: 50 }, () => tokens.sign(SUBJECT)))
    expect(made.some(signatureIsHigh)).toBe(false)
    for (const one of made) expect(await verdict(one)).toBe('valid')
  })

  it('longer than 4 KB are refused before anything is decoded: ten megabytes cost under a millisecond (49)', async () => {
    expect(await verdict(await forge({ ...CLAIMS, pad: 'x'.repeat(4096) }))).toBe('invalid')
    const huge = '.'.repeat(10_000_000)
    const started = performance.now()
    for (let round = 0; round < 100; round += 1) await tokens.verify(huge)
    expect((performance.now() - started) / 100).toBeLessThan(1)
  })

  it('survive ten thousand mutations with a verdict and no crash (55)', async () => {
    const characters = [...'abcXYZ019-_.=+/ \n\0é🔑{}"']
    for (let round = 0; round < 10_000; round += 1) {
      const at = systemRandom.integer(token.length)
      const character = characters[systemRandom.integer(characters.length)] ?? ''
      const mutations = [
        token.slice(0, at),
        token.slice(at),
        token.slice(0, at) + character + token.slice(at + 1),
        token.slice(0, at) + character + token.slice(at),
      ]
      const mutated = mutations[round % mutations.length] ?? ''
      if (mutated !== token) expect((await tokens.verify(mutated)).kind).toBe('invalid')
    }
  })

  it('follow the rotation of keys: the first signs, all verify, a key removed takes its tokens with it (51)', async () => {
    const second = await newJwk('ES256', 'second')
    const rotated = tokensOf(await privateKeySet('ES256', [second, jwk]))
    const newer = await rotated.sign(SUBJECT)
    expect(decode(newer.split('.')[0])['kid']).toBe('second')
    expect([await verdict(token, rotated), await verdict(newer, rotated)]).toEqual(['valid', 'valid'])
    const afterwards = tokensOf(await privateKeySet('ES256', [second]))
    expect([await verdict(token, afterwards), await verdict(newer, afterwards)]).toEqual(['invalid', 'valid'])
  })

  it('refuse key sets that are empty, repeat a kid, mix algorithms, or lack a private part (51)', async () => {
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
      await expect(privateKeySet('ES256', set)).rejects.toThrow(KeyError)
    }
  })

  it.each(SIGNING_ALGORITHMS.filter((algorithm) => algorithm !== 'HS256'))(
    'work with %s, and publish the public part alone',
    async (algorithm) => {
      const set = await privateKeySet(algorithm, [await newJwk(algorithm, 'one')])
      const own = tokensOf(set)
      expect(await verdict(await own.sign(SUBJECT), own)).toBe('valid')
      expect(
        Object.keys(set.publicJwks[0] ?? {}).filter((name) =>
          ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'].includes(name),
        ),
      ).toEqual([])
    },
  )

  it('refuse shared secrets that are short, published or monotonous (40)', () => {
    for (const secret of [
      '',
      'secret',
      'x'.repeat(31),
      'a'.repeat(64),
      'abababababababababababababababababab',
      'your-256-bit-secret',
      'a-string-secret-at-least-256-bits-long',
    ]) {
      expect(weaknessOf(secret)).not.toBeNull()
      expect(() => sharedSecretKeySet(secret)).toThrow(KeyError)
    }
    expect(weaknessOf('k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h')).toBeNull()
  })

  it('name sessions and tokens by 144 random bits: a million without a clash (53)', () => {
    const ids = new Set(Array.from({ length: 1_000_000 }, () => newId(systemRandom)))
    expect(ids.size).toBe(1_000_000)
    expect(Buffer.from([...ids][0] ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(128)
  })
})

function signatureIsHigh(token: string): boolean {
  return sOf(token.split('.')[2] ?? '') > P256_ORDER / 2n
}

function sOf(signature: string): bigint {
  return BigInt(`0x${Buffer.from(signature, 'base64url').subarray(32).toString('hex')}`)
}

/** The other signature over the same bytes that ECDSA accepts: (r, n − s). */
function mirror(signature: string): string {
  const r = Buffer.from(signature, 'base64url').subarray(0, 32)
  return Buffer.concat([
    r,
    Buffer.from((P256_ORDER - sOf(signature)).toString(16).padStart(64, '0'), 'hex'),
  ]).toString('base64url')
}

/** The last character with its unused low bits set: the same bytes, another text. */
function respellLast(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1) ?? 'A') | 1]
}
