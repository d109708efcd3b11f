import { parseCookie, stringifySetCookie } from 'cookie'

/** A cookie that goes to this host alone, over TLS, and no script reads. */
export interface HostCookie {
  /** Its value in a `Cookie` header; null where there is none. */
  readonly read: (header: string | undefined) => string | null
  /** The `Set-Cookie` that gives it for so many seconds; 0 takes it away. */
  readonly write: (value: string, maxAgeSeconds: number) => string
}

/** `name` without its prefix, which makes browsers refuse it from any other host, without `Secure`, or with a `Domain` (RFC 6265bis §4.1.3.2). */
export function hostCookie(name: string): HostCookie {
  const full = `__Host-${name}`
  const attributes = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const
  return {
    read: (header) => (header?.includes(full) ? parseCookie(header)[full] || null : null),
    write: (value, maxAge) => stringifySetCookie(full, value, { maxAge, ...attributes }),
  }
}
