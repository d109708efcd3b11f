import { X509Certificate, createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'

/**
 * Why TLS cannot be served with this pair, or null if it can. Never quotes the content. `cert` and `key`:
 * PEM.
 */
export function findTlsProblem(
  cert: string,
  key: string,
): { readonly of: 'cert' | 'key'; readonly expected: string } | null {
  const leaf = attempt(() => new X509Certificate(cert))
  if (leaf === null) return { of: 'cert', expected: 'a certificate chain in PEM' }
  const privateKey = attempt(() => createPrivateKey(key))
  if (privateKey === null) return { of: 'key', expected: 'a private key in PEM without a passphrase' }
  if (!leaf.checkPrivateKey(privateKey))
    return { of: 'key', expected: 'the private key of the first certificate' }
  // Covers algorithms that OpenSSL rejects as too weak, and incomplete chains.
  if (attempt(() => createSecureContext({ cert, key })) === null)
    return { of: 'cert', expected: 'a certificate chain that OpenSSL accepts' }
  return null
}

function attempt<Result>(make: () => Result): Result | null {
  try {
    return make()
  } catch {
    return null
  }
}
