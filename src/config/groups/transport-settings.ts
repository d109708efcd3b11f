import { findTlsProblem } from '../../core/certificates.ts'
import { isLoopback } from '../../core/network.ts'
import type { Settings } from '../settings.ts'

/**
 * In production plain requests are refused unless told otherwise. A gateway that listens on loopback with no proxy to trust is
 * spared: what reaches it has not left the machine.
 */
export function requiresHttps(raw: Settings): boolean {
  const onlyLocal = isLoopback(raw.HOST) && raw.TRUST_PROXY === 0
  return raw.REQUIRE_HTTPS ?? (raw.NODE_ENV === 'production' && !onlyLocal)
}

/** Certificate and key where both are given. */
export function tlsOf({ TLS_CERT: cert, TLS_KEY: key }: Settings): { cert: string; key: string } | null {
  return cert === undefined || key === undefined ? null : { cert, key }
}

/** What contradicts itself between HTTPS, proxies and certificates: whether it does, and the problem. */
export function transportRules(raw: Settings): readonly [boolean, string][] {
  const tls = tlsOf(raw)
  const flaw = tls && findTlsProblem(tls.cert, tls.key)
  const enforced = requiresHttps(raw)
  return [
    [raw.TLS_CERT !== undefined && raw.TLS_KEY === undefined, 'TLS_KEY: expected with TLS_CERT'],
    [raw.TLS_KEY !== undefined && raw.TLS_CERT === undefined, 'TLS_CERT: expected with TLS_KEY'],
    [flaw !== null, `TLS_${flaw?.of.toUpperCase()}: expected ${flaw?.expected}`],
    [
      enforced && tls === null && raw.TRUST_PROXY === 0,
      'REQUIRE_HTTPS: expected with TLS_CERT and TLS_KEY, or with TRUST_PROXY for the proxy that ends TLS; else every request would be refused',
    ],
    [
      enforced && raw.PUBLIC_URL?.startsWith('http:') === true,
      'PUBLIC_URL: expected https:// with REQUIRE_HTTPS',
    ],
  ]
}
