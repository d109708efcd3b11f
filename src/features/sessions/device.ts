import Bowser from 'bowser'

/**
 * Describes the device of a `User-Agent` header to its owner, such as "Firefox on Linux". Null for an unknown
 * header.
 */
export function describeDevice(userAgent: string | null): string | null {
  if (!userAgent) return null
  const { browser, os } = Bowser.parse(userAgent)
  const known = [browser.name, os.name].filter((name): name is string => Boolean(name))
  return known.length > 0 ? known.join(' on ') : null
}
