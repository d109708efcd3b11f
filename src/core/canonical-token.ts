/** Longest token that is parsed, in characters. Issued tokens have about 500. */
export const MAX_TOKEN_LENGTH = 4096

/** Order of the group of P-256 (SEC 2 §2.4.2). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/**
 * The header of a compact JWS in exactly the form that our signer writes, or null.
 *
 * Written by hand because jose, like other JOSE libraries, accepts several encodings of one token: padding,
 * spare bits, white space in the signature, a mirrored ECDSA signature, repeated claims. Here each token has
 * one encoding: three parts of canonical base64url, JSON without white space or repeated names, exactly the
 * members `alg`, `typ` and `kid`, and the lower of the two ECDSA signatures. The checks run before any
 * cryptography and are linear in a limited length.
 */
export function parseCanonicalHeader(token: string, algorithm: string): { readonly kid: string } | null {
  if (token.length > MAX_TOKEN_LENGTH) return null
  const parts = token.split('.')
  const [header, payload, signature] = parts.map(decodeCanonical)
  if (parts.length !== 3 || !header || !payload || !signature) return null
  if (!isCanonicalJson(payload.toString('utf8'))) return null
  if (algorithm === 'ES256' && !hasLowS(signature)) return null
  const text = header.toString('utf8')
  return isCanonicalJson(text) ? parseHeader(JSON.parse(text), algorithm) : null
}

/** The ES256 token with the lower of its two valid signatures: (r, s) and (r, n − s) both verify. */
export function normalizeToLowS(token: string): string {
  const start = token.lastIndexOf('.') + 1
  const signature = Buffer.from(token.slice(start), 'base64url')
  if (hasLowS(signature)) return token
  const lowS = (P256_ORDER - parseS(signature)).toString(16).padStart(64, '0')
  return (
    token.slice(0, start) +
    Buffer.concat([signature.subarray(0, 32), Buffer.from(lowS, 'hex')]).toString('base64url')
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

function parseHeader(header: unknown, algorithm: string): { readonly kid: string } | null {
  if (typeof header !== 'object' || header === null || Object.keys(header).sort().join() !== 'alg,kid,typ')
    return null
  const { alg, kid } = header as Record<string, unknown>
  return alg === algorithm && typeof kid === 'string' ? { kid } : null
}

function hasLowS(signature: Buffer): boolean {
  return signature.length === 64 && parseS(signature) <= P256_ORDER / 2n
}

/** `s`, the second half of an ECDSA signature (RFC 7518 §3.4). */
function parseS(signature: Buffer): bigint {
  return BigInt(`0x${signature.subarray(32).toString('hex')}`)
}
