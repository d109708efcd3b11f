import ipaddr from 'ipaddr.js'

/** An IPv4 address in its canonical form, which most requests have: it is not parsed. */
const CANONICAL_IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/

/**
 * The network that limits count an address under, in canonical form: the address itself for IPv4, the first
 * 64 bits for IPv6, since one subscriber usually controls a whole /64 (RFC 6177 §2). An IPv4-mapped IPv6
 * address is IPv4.
 */
export function toNetwork(address: string | null): string {
  if (address === null) return 'unknown'
  if (CANONICAL_IPV4.test(address)) return address
  if (!ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return parsed.toString()
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`
}

/**
 * The canonical IP address of an entry of `X-Forwarded-For`. Proxies write it bare, with a port, in brackets,
 * quoted (RFC 7239 §6) or with a zone (RFC 4007 §11); the port and the zone are dropped. Null for other text.
 */
export function parseForwardedAddress(entry: string): string | null {
  if (CANONICAL_IPV4.test(entry)) return entry
  const text = entry.trim().replace(/^"(.*)"$/, '$1')
  const bracketed = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(text)?.[1]
  const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(text)?.[1]
  const address = (bracketed ?? withPort ?? text).replace(/(?<=:.*)%[\w.-]{1,32}$/, '')
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(address) || ipaddr.IPv6.isValid(address)
  return isAddress ? ipaddr.process(address).toString() : null
}

/** Whether a host name or an address is a loopback one (RFC 6761 §6.3, RFC 6890 §2.2). */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback'
}
