import { z } from 'zod'
import { CLIENT_ID } from '../core/client-secrets.ts'
import { parseEmail } from '../core/contact.ts'
import { isCountry, parsePhone } from '../core/phone.ts'
import { weaknessOf } from '../core/token-keys.ts'

/** One setting as people meet it: for the start-up check, the table in the docs and `.env.example`. */
export interface Setting {
  readonly type: z.ZodType
  readonly doc: string
}

/** On or off. */
export const switchValue = z
  .enum(['true', 'false', '1', '0', 'on', 'off'])
  .transform((text) => ['true', '1', 'on'].includes(text))
/** A whole number in a range. */
export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, `a whole number from ${min} to ${max}`)
/** A random secret of at least 32 bytes. */
export const secret = z.string().superRefine((text, context) => {
  const weakness = weaknessOf(text)
  if (weakness) context.addIssue({ code: 'custom', message: `a random secret; this one ${weakness}` })
})
/** Several of them, separated by commas. */
export const secrets = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
  .pipe(z.array(secret))
/** Words, separated by commas. */
export const words = z.string().transform((text) =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean),
)
/** Origins (RFC 6454), separated by commas. */
export const origins = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
  )
  .refine((list) => list.every(isOrigin), 'origins such as https://app.example.com, separated by commas')
/** Roles with their scopes. */
export const roleScopes = z
  .string()
  .regex(
    /^[A-Z_]+=[\x21\x23-\x2B\x2D-\x5B\x5D-\x7E ]*(,[A-Z_]+=[\x21\x23-\x2B\x2D-\x5B\x5D-\x7E ]*)*$/,
    'roles with their scopes such as USER=posts:read posts:write,EDITOR=posts:publish',
  )
  .transform((text) =>
    Object.fromEntries(
      text.split(',').map((entry) => {
        const cut = entry.indexOf('=')
        return [
          entry.slice(0, cut),
          entry
            .slice(cut + 1)
            .split(' ')
            .filter(Boolean),
        ]
      }),
    ),
  )
/** The same id may stand twice: a second secret, while the first is being replaced. */
export const serviceClients = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim().split(':')))
  .refine(
    (entries) =>
      entries.every(([id = '', hash = '', ...rest]) => isClientEntry(id, hash) && rest.length === 0),
    'entries such as orders:5e88…, separated by commas, as `gateway client-secret <id>` prints them',
  )
  .transform((entries) => entries.map(([id = '', secretHash = '']) => ({ id, secretHash })))
/** Countries, separated by commas. */
export const countries = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim().toUpperCase()))
  .refine(
    (list) => list.every(isCountry),
    'countries such as GB,KR (ISO 3166-1 alpha-2), separated by commas',
  )
/** Destinations with their fixed codes. */
export const testCodes = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim().split('=')))
  .refine(
    (entries) =>
      entries.every(
        ([to = '', code = '', ...rest]) => contactIn(to) && /^\d{4,10}$/.test(code) && rest.length === 0,
      ),
    'entries such as review@example.com=314159, separated by commas',
  )
  .transform((entries) =>
    Object.fromEntries(entries.map(([to = '', code = '']) => [contactIn(to) ?? '', code])),
  )
/** An address that fits a pattern; `expected` says which. */
export const urlWith = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected)
/** Some of these words, each once, in an order that counts, separated by commas. */
export const orderedWords = <const Words extends readonly [string, ...string[]]>(...words: Words) =>
  z
    .string()
    .transform((text) => text.split(',').map((one) => one.trim()))
    .refine(
      (list) => new Set(list).size === list.length && list.every((one) => words.includes(one)),
      `some of ${words.join(', ')}, each once, separated by commas`,
    )
    .transform((list) => list as unknown as readonly Words[number][])
/** An address of the web without credentials. */
export const webAddress = z
  .string()
  .refine((text) => isWebAddress(text), 'an https:// address without credentials or fragment')
/** The address that the paths of an API begin with: no query either; a slash at its end is cut. */
export const apiAddress = z
  .string()
  .refine(
    (text) => isWebAddress(text) && !text.includes('?'),
    'an https:// address without credentials, query or fragment',
  )
  .transform((text) => text.replace(/\/+$/, ''))
/** The address of an SMTP server. */
export const smtpUrl = z
  .string()
  .refine(isSmtpUrl, 'smtp://host:port or smtps://host:port, with or without user:password@')
/** A sender of e-mail: `Name <address>` or the address alone. The name is printable ASCII or beyond, without what ends a quoted name. */
export const mailFrom = z.string().transform((text, context) => {
  const [, name = '', bracketed, bare] = /^(?:([^<>"\\\p{Cc}]*)<([^<>]+)>|([^<>]+))$/u.exec(text.trim()) ?? []
  const address = parseEmail(bracketed ?? bare ?? '')
  if (address) return { name: name.trim(), address }
  context.addIssue({ code: 'custom', message: 'Name <address@example.com> or address@example.com' })
  return z.NEVER
})
/** A sender of text messages. */
export const smsFrom = z
  .string()
  .regex(
    /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
    'a number such as +441632960000, a name of 1 to 11 letters and digits, or the SID of a messaging service',
  )

function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username + password + hash === ''
}

/** Options in the query would change how TLS is checked, so there is none. */
function isSmtpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, pathname, search, hash } = new URL(text)
  return /^smtps?:$/.test(protocol) && hostname !== '' && /^\/?$/.test(pathname) && search + hash === ''
}

function contactIn(text: string): string | null {
  return parseEmail(text) ?? parsePhone(text)
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

function isClientEntry(id: string, hash: string): boolean {
  return CLIENT_ID.test(id) && /^[0-9a-f]{64}$/.test(hash)
}
