/** Which web pages may act with a person's cookies or open a socket. */
export interface TrustedOrigins {
  /** Whether a page of this `Origin` (RFC 6454) is one of ours; `host`: the `Host` header of the same request. */
  includes(origin: string | undefined, host: string | undefined): boolean
}

const OWN_SCHEMES = ['http', 'https']

/**
 * The listed origins. In development also the server's own pages, known by `Host`; in production `Host` is believed in
 * nothing, so the gateway's own address counts only where it is listed.
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
