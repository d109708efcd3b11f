import { parseCookie, stringifySetCookie } from 'cookie'

/** A cookie that is sent only to this host, only over TLS, and that scripts cannot read. */
export interface HostCookie {
  /** Returns its value in a `Cookie` header; null if there is none. */
  readonly read: (header: string | undefined) => string | null
  /** Returns the `Set-Cookie` that stores a value for a number of seconds; 0 deletes the cookie. */
  readonly write: (value: string, maxAgeSeconds: number) => string
}

/**
 * Creates a cookie with the prefix `__Host-`. Browsers reject such a cookie from other hosts, without
 * `Secure`, or with `Domain` (RFC 6265bis §4.1.3.2).
 */
export function createHostCookie(name: string): HostCookie {
  const fullName = `__Host-${name}`
  const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const
  return {
    read: (header) => (header?.includes(fullName) ? parseCookie(header)[fullName] || null : null),
    write: (value, maxAge) => stringifySetCookie(fullName, value, { maxAge, ...attributes }),
  }
}
