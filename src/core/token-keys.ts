import {
  base64url,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose'

/** Supported signature algorithms (RFC 7518 §3.1, RFC 8037). Exactly one is active at a time. */
export const SIGNING_ALGORITHMS = ['ES256', 'EdDSA', 'RS256', 'HS256'] as const
/** A supported signature algorithm. */
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number]

/** A private key of an asymmetric algorithm (RFC 7517). */
export type PrivateJwk = JWK

/** A key in the form that jose uses. */
export interface TokenKey {
  readonly kid: string
  readonly key: CryptoKey | Uint8Array
}

/** The keys of one algorithm: the first signs, all verify. */
export interface KeySet {
  readonly algorithm: SigningAlgorithm
  readonly signing: TokenKey
  /** Verification keys by `kid`. A token's header can only select one of these. */
  readonly verification: ReadonlyMap<string, TokenKey>
  /** Public keys for `/.well-known/jwks.json` (RFC 7517); empty for HS256. */
  readonly publicJwks: readonly JWK[]
}

/** Source of the active keys, which may change while the process runs. */
export interface KeySource {
  /** The keys as last loaded. A new object after every change. */
  current(): KeySet
  /** The keys after a reload, if one is due. Called for an unknown `kid`. */
  refresh(): Promise<KeySet>
}

/** A source of static keys, which never change while the process runs. */
export function createStaticKeySource(keys: KeySet): KeySource {
  return { current: () => keys, refresh: async () => keys }
}

/** A new private key whose `kid` is its thumbprint (RFC 7638). */
export async function newSigningJwk(
  algorithm: SigningAlgorithm,
): Promise<PrivateJwk & { readonly kid: string }> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 3072 })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, alg: algorithm, use: 'sig', kid: await calculateJwkThumbprint(jwk) }
}

/** Unusable key material. The message never contains a secret. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
}

/** Published example secrets that are long enough. Shorter ones are rejected for their length. */
const WELL_KNOWN_SECRETS: ReadonlySet<string> = new Set([
  'a-string-secret-at-least-256-bits-long',
  'your-256-bit-secret-your-256-bit-secret',
  'this-is-a-very-long-secret-key-change-me',
  'my-super-secret-jwt-key-change-in-production',
  'your-super-secret-jwt-token-with-at-least-32-characters-long',
  'super-secret-jwt-token-with-at-least-32-characters-long',
  'change-this-secret-in-production-please',
  'GQDstcKsx0NHjPOuXOYg5MbeJ1XT0uFiwDVvVBrk',
])

/** Minimum length of an HMAC secret in bytes: the length of the hash (RFC 7518 §3.2). */
export const MIN_SECRET_BYTES = 32

/** Why a shared secret is too weak, or null. Checks length, published examples and variety of characters. */
export function findSecretWeakness(secret: string): string | null {
  if (Buffer.byteLength(secret) < MIN_SECRET_BYTES) return `must have at least ${MIN_SECRET_BYTES} bytes`
  if (WELL_KNOWN_SECRETS.has(secret)) return 'is a published example'
  if (new Set(secret).size < 10) return 'must be random: it has fewer than 10 different characters'
  return null
}

/**
 * The key set of shared secrets (HS256 only): the first signs, all verify. The `kid` is a digest of the
 * secret, so that it is the same on all nodes. Throws `KeyError` if a secret is weak or repeated.
 */
export async function buildSharedSecretKeySet(...secrets: readonly [string, ...string[]]): Promise<KeySet> {
  const [signing, ...others] = (await Promise.all(secrets.map(importSharedSecret))) as [
    TokenKey,
    ...TokenKey[],
  ]
  const verification = new Map([signing, ...others].map((key) => [key.kid, key]))
  if (verification.size !== secrets.length) throw new KeyError('A shared secret is repeated.')
  return { algorithm: 'HS256', signing, verification, publicJwks: [] }
}

async function importSharedSecret(secret: string): Promise<TokenKey> {
  const weakness = findSecretWeakness(secret)
  if (weakness) throw new KeyError(`The shared secret ${weakness}.`)
  const key = new TextEncoder().encode(secret)
  const thumbprint = await calculateJwkThumbprint({ kty: 'oct', k: base64url.encode(key) })
  return { kid: `shared-${thumbprint.slice(0, 8)}`, key }
}

/**
 * The key set of private JWKs of one asymmetric algorithm; the first signs. Throws `KeyError` for an empty
 * set, symmetric or mixed keys, a wrong algorithm, a missing private part, or a repeated `kid`.
 */
export async function buildPrivateKeySet(algorithm: SigningAlgorithm, jwks: readonly JWK[]): Promise<KeySet> {
  const pairs = await Promise.all(jwks.map((jwk) => importPair(algorithm, jwk)))
  const [first] = pairs
  if (!first) throw new KeyError('The key set is empty.')
  const verification = new Map(pairs.map((pair) => [pair.verify.kid, pair.verify]))
  if (verification.size !== pairs.length) throw new KeyError('Two keys of the set have the same kid.')
  return { algorithm, signing: first.sign, verification, publicJwks: pairs.map((pair) => pair.publicJwk) }
}

const CURVES: Readonly<Record<SigningAlgorithm, readonly (string | undefined)[]>> = {
  ES256: ['EC', 'P-256'],
  EdDSA: ['OKP', 'Ed25519'],
  RS256: ['RSA', undefined],
  HS256: [],
}

async function importPair(algorithm: SigningAlgorithm, jwk: JWK) {
  const [keyType, curve] = CURVES[algorithm]
  if (!keyType || jwk.kty !== keyType || jwk.crv !== curve)
    throw new KeyError(`Every key of the set must be an ${algorithm} key.`)
  if (jwk.alg !== undefined && jwk.alg !== algorithm)
    throw new KeyError(`Every key of the set must be an ${algorithm} key.`)
  if (!jwk.d) throw new KeyError('A key of the set has no private part.')
  const publicJwk = {
    ...toPublicJwk(jwk),
    alg: algorithm,
    use: 'sig',
    kid: jwk.kid ?? (await calculateJwkThumbprint(jwk)),
  }
  return {
    publicJwk,
    sign: { kid: publicJwk.kid, key: await importJWK(jwk, algorithm) },
    verify: { kid: publicJwk.kid, key: await importJWK(publicJwk, algorithm) },
  }
}

/** An allow-list of the public members (RFC 7518 §6, RFC 8037 §2), so that no private member is published. */
function toPublicJwk({ kty, crv, x, y, n, e }: JWK): JWK {
  return JSON.parse(JSON.stringify({ kty, crv, x, y, n, e })) as JWK
}
