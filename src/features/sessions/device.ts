import Bowser from 'bowser'

/** What a `User-Agent` header says of the device, in words for its owner: "Firefox on Linux". Null when it says nothing known. */
export function describeDevice(userAgent: string | null): string | null {
  if (!userAgent) return null
  const { browser, os } = Bowser.parse(userAgent)
  const known = [browser.name, os.name].filter((name): name is string => Boolean(name))
  return known.length > 0 ? known.join(' on ') : null
}
