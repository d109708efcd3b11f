/** Origins whose pages may send credentials or open a WebSocket. */
export interface TrustedOrigins {
  /** Whether the `Origin` (RFC 6454) is trusted. `host`: the `Host` header of the same request. */
  includes(origin: string | undefined, host: string | undefined): boolean
}

const OWN_SCHEMES: readonly string[] = ['http', 'https']

/**
 * Trusts the listed origins. In development it also trusts the server's own origin, derived from `Host`. In
 * production `Host` is not trusted, so the gateway's own origin must be listed.
 */
export function trustOrigins(listed: readonly string[], development: boolean): TrustedOrigins {
  const known = new Set(listed)
  return {
    includes(origin, host) {
      if (origin === undefined || origin === 'null') return false
      if (known.has(origin)) return true
      return (
        development && host !== undefined && OWN_SCHEMES.some((scheme) => origin === `${scheme}://${host}`)
      )
    },
  }
}
