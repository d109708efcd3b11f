/** Longest token that is looked at, in characters. Ours have about 500. */
export const MAX_TOKEN_LENGTH = 4096

/** Order of the group of P-256 (SEC 2 §2.4.2). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * The header of a compact JWS in exactly the form our own signer writes, or null.
 *
 * jose accepts re-spelled tokens (padding, spare bits, white space in the signature, a mirrored ECDSA signature, repeated
 * claims), so that one token has many texts. Here each token has one text: three parts of canonical base64url, JSON without
 * a spare byte or repeated name, exactly the members `alg`, `typ` and `kid`, and the lower of the two ECDSA signatures.
 * All of it is checked before any cryptography, in time linear in a length that is capped first.
 */
export function parseCanonicalHeader(token: string, algorithm: string): { readonly kid: string } | null {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const parts = token.split('.')
  const [header, payload, signature] = parts.map(decodeCanonical)
  if (parts.length !== 3 || !header || !payload || !signature) return null
  if (!isCanonicalJson(payload.toString('utf8'))) return null
  if (algorithm === 'ES256' && !hasLowS(signature)) return null
  const text = header.toString('utf8')
  return isCanonicalJson(text) ? headerOf(JSON.parse(text), algorithm) : null
}

/** The same ES256 token with the lower of its two valid signatures: (r, s) and (r, n − s) both verify, so one is chosen. */
export function normalizeToLowS(token: string): string {
  const cut = token.lastIndexOf('.') + 1
  const signature = Buffer.from(token.slice(cut), 'base64url')
  if (hasLowS(signature)) return token
  const mirrored = (P256_ORDER - secondHalf(signature)).toString(16).padStart(64, '0')
  return (
    token.slice(0, cut) +
    Buffer.concat([signature.subarray(0, 32), Buffer.from(mirrored, 'hex')]).toString('base64url')
  )
}

function decodeCanonical(part: string): Buffer | null {
  const bytes = Buffer.from(part, 'base64url')
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : null
}

function isCanonicalJson(text: string): boolean {
  try {
    return JSON.stringify(JSON.parse(text)) === text
  } catch {
    return false
  }
}

function headerOf(header: unknown, algorithm: string): { readonly kid: string } | null {
  if (typeof header !== 'object' || header === null || Object.keys(header).sort().join() !== 'alg,kid,typ')
    return null
  const { alg, kid } = header as Record<string, unknown>
  return alg === algorithm && typeof kid === 'string' ? { kid } : null
}

function hasLowS(signature: Buffer): boolean {
  return signature.length === 64 && secondHalf(signature) <= P256_ORDER / 2n
}

function secondHalf(signature: Buffer): bigint {
  return BigInt(`0x${signature.subarray(32).toString('hex')}`)
}
