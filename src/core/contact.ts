/** Hides the host part of an address: the last byte of IPv4, all but the first 48 bits of IPv6. */
export function maskIpAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const bytes = mapped.split('.')
  if (bytes.length === 4) return [...bytes.slice(0, 3), 'x'].join('.')
  const groups = mapped.split('::')[0]?.split(':').slice(0, 3).filter(Boolean) ?? []
  return `${groups.join(':')}::x`
}
