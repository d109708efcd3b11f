import { z } from 'zod'
import { CLIENT_ID } from './core/client-secrets.ts'
import { weaknessOf } from './core/token-keys.ts'

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
/** An address that fits a pattern; `expected` says which. */
export const urlWith = (pattern: RegExp, expected: string) => z.string().regex(pattern, expected)

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

function isClientEntry(id: string, hash: string): boolean {
  return CLIENT_ID.test(id) && /^[0-9a-f]{64}$/.test(hash)
}
