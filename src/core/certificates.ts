import { X509Certificate, createPrivateKey } from 'node:crypto'
import { createSecureContext } from 'node:tls'

/**
 * Why TLS cannot be served with this pair, or null if it can. Never quotes the content. `cert` and `key`:
 * PEM.
 */
export function findTlsProblem(
  cert: string,
  key: string,
  now: number,
): { readonly of: 'cert' | 'key'; readonly expected: string } | null {
  const leaf = attempt(() => new X509Certificate(cert))
  if (leaf === null) return { of: 'cert', expected: 'a certificate chain in PEM' }
  const validity = findValidityProblem(leaf, now)
  if (validity !== null) return { of: 'cert', expected: validity }
  const privateKey = attempt(() => createPrivateKey(key))
  if (privateKey === null) return { of: 'key', expected: 'a private key in PEM without a passphrase' }
  if (!leaf.checkPrivateKey(privateKey))
    return { of: 'key', expected: 'the private key of the first certificate' }
  // Covers algorithms that OpenSSL rejects as too weak, and incomplete chains.
  if (attempt(() => createSecureContext({ cert, key })) === null)
    return { of: 'cert', expected: 'a certificate chain that OpenSSL accepts' }
  return null
}

/**
 * Why certificates in PEM cannot be trusted as authorities, or null where they can. `now`: milliseconds since
 * the epoch.
 */
export function findAuthorityProblem(pem: string, now: number): string | null {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  const certificates = blocks.map((block) => attempt(() => new X509Certificate(block)))
  const [first] = certificates
  if (first === undefined || certificates.includes(null)) return 'certificates in PEM'
  const problems = certificates.map((certificate) => certificate && findValidityProblem(certificate, now))
  return problems.every((problem) => problem !== null) ? (problems[0] ?? null) : null
}

/** Whether a certificate chain is valid for the host of a URL. */
export function coversHost(cert: string, url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  const leaf = new X509Certificate(cert)
  const isAddress = host.includes(':') || /^\d+(\.\d+){3}$/.test(host)
  return (isAddress ? leaf.checkIP(host) : leaf.checkHost(host)) !== undefined
}

function findValidityProblem(certificate: X509Certificate, now: number): string | null {
  if (now > Date.parse(certificate.validTo))
    return `a certificate that has not expired: this one expired on ${certificate.validTo}`
  if (now < Date.parse(certificate.validFrom))
    return `a certificate that is valid already: this one begins on ${certificate.validFrom}`
  return null
}

function attempt<Result>(make: () => Result): Result | null {
  try {
    return make()
  } catch {
    return null
  }
}
