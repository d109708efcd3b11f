import { z } from 'zod'
import { isLoopback } from '../core/network.ts'
import { findSecretWeakness } from '../core/token-keys.ts'

// Types that several groups use. Each one describes the values that it accepts, for the documentation.

/** `on` or `off`, and the usual other spellings. */
export const onOff = z
  .enum(['true', 'false', '1', '0', 'on', 'off'])
  .transform((text) => ['true', '1', 'on'].includes(text))
  .describe('`on` or `off`')

/** A whole number in a range. */
export function wholeNumber(min: number, max: number) {
  const expected = `a whole number from ${min} to ${max}`
  return z
    .string()
    .regex(/^\d+$/, expected)
    .transform(Number)
    .refine((value) => value >= min && value <= max, expected)
    .describe(`${min} to ${max}`)
}

/** Any text that is not empty; `expected` says what it holds. */
export function nonEmptyText(expected: string) {
  return z.string().min(1, expected).describe(expected)
}

/** A text that matches a pattern; `expected` says which. */
export function textMatching(pattern: RegExp, expected: string) {
  return z.string().regex(pattern, expected).describe(expected)
}

/** The first word of keys in a store that several installations share; it cannot end a hash tag or a name. */
export const keyPrefix = textMatching(
  /^[A-Za-z0-9_.-]{1,40}$/,
  '1 to 40 letters, digits, dots, hyphens and underscores',
)

/** Items separated by commas; empty ones stay. */
export const commaSeparated = z.string().transform((list) => list.split(',').map((item) => item.trim()))

/** Items separated by commas, without empty ones. */
export const wordList = commaSeparated
  .transform((items) => items.filter(Boolean))
  .describe('words separated by commas')

/** A random secret of at least 32 bytes. */
export const randomSecret = z
  .string()
  .superRefine((value, context) => {
    const weakness = findSecretWeakness(value)
    if (weakness) context.addIssue({ code: 'custom', message: `a random secret: this value ${weakness}` })
  })
  .describe('random text of at least 32 bytes')

/** Random secrets separated by commas. */
export const randomSecrets = commaSeparated
  .pipe(z.array(randomSecret))
  .describe('secrets separated by commas')

/** A host name or an IP address. */
export const host = nonEmptyText('a host name or IP address')

/** A web address, without or with TLS. */
export const webUrl = z
  .string()
  .refine(
    isWebUrl,
    'an http:// or https:// URL with a lower-case host, without credentials, default port or fragment',
  )
  .describe('an http:// or https:// URL')

/** The URL that messages are posted to. They contain codes: plain HTTP is accepted for loopback only. */
export const endpointUrl = z
  .string()
  .refine(
    isEndpoint,
    'an https:// URL with a lower-case host, without credentials, default port or fragment (http:// is accepted for loopback only)',
  )
  .describe('an https:// URL')

/** The base URL of an API: as above, and without a query. A slash at its end is removed. */
export const apiUrl = z
  .string()
  .refine(
    (value) => isEndpoint(value) && !value.includes('?'),
    'an https:// URL with a lower-case host, without credentials, default port, query or fragment (http:// is accepted for loopback only)',
  )
  .transform((value) => value.replace(/\/+$/, ''))
  .describe('an https:// URL')

function isEndpoint(value: string): boolean {
  if (!isWebUrl(value)) return false
  const { protocol, hostname } = new URL(value)
  return protocol === 'https:' || isLoopback(hostname.replace(/^\[|\]$/g, ''))
}

/**
 * Only as the URL parser serializes it: the parser repairs line breaks, backslashes, missing slashes and
 * hosts.
 */
function isWebUrl(value: string): boolean {
  if (!URL.canParse(value)) return false
  const { protocol, username, password, hash, href } = new URL(value)
  const isSerialized = href === value || href === `${value}/`
  return isSerialized && /^https?:$/.test(protocol) && username + password + hash === ''
}

/** What a connection URL has to be. */
interface ConnectionUrlForm {
  /** The forms that are accepted, for messages and the documentation. */
  readonly expected: string
  /** With their colon. */
  readonly protocols: readonly string[]
  /** Whether `file:` and a path are accepted, too. */
  readonly file?: true
}

/**
 * The URL of a server, which may hold a password. The characters `@ : / ? # %` of a password must be
 * percent-encoded: a URL that would be read differently is rejected here, under the name of its setting and
 * without its value.
 */
export function connectionUrl({ expected, protocols, file }: ConnectionUrlForm) {
  const isFile = (text: string) => file === true && /^file:.+$/.test(text)
  return z
    .string()
    .refine((text) => isFile(text) || protocols.some((protocol) => text.startsWith(`${protocol}//`)), {
      message: expected,
      abort: true,
    })
    .refine(
      (text) => isFile(text) || isConnectionUrl(text),
      `${expected}, with @ : / ? # and % in its user name and password percent-encoded`,
    )
    .describe(expected)
}

function isConnectionUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { username, password, pathname, hash } = new URL(text)
  // A raw `/` or `#` of a password ends the host there: what follows is then read as path or fragment and
  // holds an `@`.
  if (hash !== '' || pathname.includes('@')) return false
  try {
    decodeURIComponent(`${username}${password}`)
    return true
  } catch {
    return false
  }
}

/**
 * The URL of a path below a base URL, whose own path stays: `https://example.com/auth` and `jwks` give
 * `…/auth/jwks`.
 */
export function joinUrl(base: string, path: string): string {
  return new URL(path, base.endsWith('/') ? base : `${base}/`).href
}
