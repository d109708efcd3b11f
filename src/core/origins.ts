import { isLoopback } from './network.ts'

/** Origins whose pages may send credentials or open a WebSocket. */
export interface TrustedOrigins {
  /** Whether the `Origin` (RFC 6454) is trusted. `host`: the `Host` header of the same request. */
  includes(origin: string | undefined, host: string | undefined): boolean
}

const OWN_SCHEMES: readonly string[] = ['http', 'https']
/** Schemes that are never the origin of a page. */
const OTHER_NETWORK_SCHEMES: readonly string[] = ['ws', 'wss', 'ftp', 'file', 'data', 'blob', 'javascript']

/**
 * Trusts the listed origins. In development it also trusts loopback origins, such as that of Vite, and the
 * server's own origin, derived from `Host`. In production `Host` is not trusted, so the gateway's own origin
 * must be listed.
 */
export function trustOrigins(listed: readonly string[], development: boolean): TrustedOrigins {
  const known = new Set(listed)
  return {
    includes(origin, host) {
      if (origin === undefined || origin === 'null') return false
      if (known.has(origin)) return true
      if (!development) return false
      if (isLoopbackOrigin(origin)) return true
      return host !== undefined && OWN_SCHEMES.some((scheme) => origin === `${scheme}://${host}`)
    },
  }
}

/** Why a text is no origin that a browser sends; null for one that is. */
export type OriginFlaw = 'pattern' | 'path' | 'form'

/**
 * Finds what keeps a text from being an origin as browsers serialize it (RFC 6454 §6.2), of a website or of
 * an app with a scheme of its own, such as `capacitor://localhost`. Patterns are found first: a URL parser
 * takes `*` for part of a host, and such an origin matches no page.
 */
export function findOriginFlaw(value: string): OriginFlaw | null {
  if (value.includes('*')) return 'pattern'
  const [, scheme = '', , path] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]+)([/?#].*)?$/s.exec(value) ?? []
  if (scheme === '') return 'form'
  if (path !== undefined) return 'path'
  const isOrigin = OWN_SCHEMES.includes(scheme)
    ? URL.canParse(value) && new URL(value).origin === value
    : !OTHER_NETWORK_SCHEMES.includes(scheme) && /^[a-z0-9+.-]+:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(value)
  return isOrigin ? null : 'form'
}

function isLoopbackOrigin(origin: string): boolean {
  if (findOriginFlaw(origin) !== null) return false
  const { protocol, hostname } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  // RFC 6761 §6.3 reserves all names below `localhost`.
  return OWN_SCHEMES.includes(protocol.slice(0, -1)) && (isLoopback(host) || host.endsWith('.localhost'))
}
