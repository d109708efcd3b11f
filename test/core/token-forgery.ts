import { CompactSign, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { createAccessTokens, type AccessTokens } from '../../src/core/access-tokens.ts'
import {
  createStaticKeySource,
  buildPrivateKeySet,
  type KeySet,
  type SigningAlgorithm,
} from '../../src/core/token-keys.ts'

export const NOW = Date.UTC(2026, 0, 31, 8)
export const SECONDS = NOW / 1000
export const SUBJECT = { userId: 'user', sessionId: 'session', tokenId: 'token', scope: 'posts:read' }
export const CLAIMS = {
  sid: 'session',
  scope: 'posts:read',
  iss: 'issuer',
  aud: 'graphql',
  sub: 'user',
  jti: 'token',
  iat: SECONDS,
  exp: SECONDS + 900,
}
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** A new private key. */
export async function newJwk(algorithm: SigningAlgorithm, kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 })
  return { ...(await exportJWK(privateKey)), kid }
}

/** The service under test, at a fixed time. */
export function createTokens(keys: KeySet, now: () => number = () => NOW): AccessTokens {
  return createAccessTokens({
    keys: createStaticKeySource(keys),
    issuer: 'issuer',
    audience: 'graphql',
    lifetime: 900,
    leeway: 5,
    now,
  })
}

export const decode = (part = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>

/** A token of the key over any header and payload, in the form that our own signer writes. */
async function forgeWith(
  jwk: JWK,
  payload: string | object,
  header: Record<string, unknown> = {},
): Promise<string> {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const protectedHeader = { alg: 'ES256', typ: 'at+jwt', kid: 'first', ...header }
  for (;;) {
    const signer = new CompactSign(Buffer.from(text)).setProtectedHeader(protectedHeader)
    const signed = await signer.sign(await importJWK(jwk, 'ES256'))
    // Half of all signatures are the higher of the two, which is a reason for rejection by itself.
    if (!hasHighS(signed)) return signed
  }
}

/** Whether an ES256 token has the higher of its two signatures. */
export function hasHighS(token: string): boolean {
  return parseS(token.split('.')[2] ?? '') > P256_ORDER / 2n
}

function parseS(signature: string): bigint {
  return BigInt(`0x${Buffer.from(signature, 'base64url').subarray(32).toString('hex')}`)
}

/** The other valid ECDSA signature of the same bytes: (r, n − s). */
export function mirror(signature: string): string {
  const r = Buffer.from(signature, 'base64url').subarray(0, 32)
  return Buffer.concat([
    r,
    Buffer.from((P256_ORDER - parseS(signature)).toString(16).padStart(64, '0'), 'hex'),
  ]).toString('base64url')
}

/** Sets the unused low bits of the last character: another encoding of the same bytes. */
export function reencodeLast(signature: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1) ?? 'A') | 1]
}

/** A key, the service that uses it, and one of its tokens. */
export async function firstToken() {
  const jwk = await newJwk('ES256', 'first')
  const keys = await buildPrivateKeySet('ES256', [jwk])
  const tokens = createTokens(keys)
  return {
    jwk,
    keys,
    tokens,
    token: await tokens.sign(SUBJECT),
    verdict: async (text: string, by = tokens) => (await by.verify(text)).kind,
    forge: (payload: string | object, header?: Record<string, unknown>) => forgeWith(jwk, payload, header),
  }
}
