import ipaddr from 'ipaddr.js'

/**
 * The network that limits count an address under, in canonical form: the address itself for IPv4, the first
 * 64 bits for IPv6, since one subscriber usually controls a whole /64 (RFC 6177 §2). An IPv4-mapped IPv6
 * address is IPv4.
 */
export function toNetwork(address: string | null): string {
  if (address === null || !ipaddr.isValid(address)) return 'unknown'
  const parsed = ipaddr.process(address)
  if (parsed instanceof ipaddr.IPv4) return parsed.toString()
  return `${new ipaddr.IPv6([...parsed.parts.slice(0, 4), 0, 0, 0, 0]).toString()}/64`
}

/** Whether a host name or an address is a loopback one (RFC 6761 §6.3, RFC 6890 §2.2). */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback'
}
