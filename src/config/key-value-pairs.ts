import { z } from 'zod'

/** Names of HTTP fields (RFC 9110 §5.6.2), which also covers names of resource attributes. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/
/** Printable ASCII: what the value of an HTTP field may have without quoting. */
const VALUE = /^[\x20-\x7e]*$/

/**
 * `name=value` pairs separated by commas, with percent-encoded values, as OpenTelemetry writes headers and
 * resource attributes. `expected` says what the pairs are; a message never shows a value.
 */
export function keyValuePairs(expected: string, { isHeader }: { readonly isHeader: boolean }) {
  return z
    .string()
    .transform((text, context): Readonly<Record<string, string>> => {
      const pairs = parsePairs(text)
      if (pairs?.every(([, value]) => !isHeader || VALUE.test(value))) return Object.fromEntries(pairs)
      context.addIssue({ code: 'custom', message: expected })
      return z.NEVER
    })
    .describe(expected)
}

/** Null for a text with a part that is no pair. */
function parsePairs(text: string): (readonly [name: string, value: string])[] | null {
  const parts = text.split(',').filter((part) => part.trim() !== '')
  const pairs = parts.map(parsePair)
  return pairs.every((pair) => pair !== null) ? pairs : null
}

function parsePair(part: string): readonly [name: string, value: string] | null {
  const at = part.indexOf('=')
  const name = part.slice(0, Math.max(at, 0)).trim()
  if (!NAME.test(name)) return null
  try {
    return [name, decodeURIComponent(part.slice(at + 1).trim())]
  } catch {
    return null
  }
}
