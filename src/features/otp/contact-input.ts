import type { z } from 'zod'
import { CHANNEL_NAMES, CHANNELS, type Channel, type Contact, type OtpPurpose } from '../../core/channel.ts'
import { badInput } from '../../core/errors.ts'
import { emailAddress, phoneNumber } from '../../core/input.ts'

/** The fields of an input, of which one can be a `@oneOf` input that names the same choice. */
type Choice = Readonly<Record<string, unknown>>

/**
 * Returns the fields of `nested` beside those of the input: the choice can be named by either, but not by
 * both. Throws `BAD_USER_INPUT` with `EXACTLY_ONE`.
 */
export function flattenChoice<Fields extends Choice>(
  { name, nested }: { readonly name: string; readonly nested: Fields | null | undefined },
  fields: Fields,
): Fields {
  if (nested === null || nested === undefined) return fields
  exactlyOne({ [name]: nested, ...fields })
  return nested
}

/** The input fields that name a contact. */
export const contactFields = { email: emailAddress.nullish(), phone: phoneNumber.nullish() }

/**
 * Returns the one value that was given. Throws `BAD_USER_INPUT` with `EXACTLY_ONE` when none or several were
 * given.
 */
export function exactlyOne<Value>(fields: Readonly<Record<string, Value | null | undefined>>): Value {
  const given = Object.values(fields).filter((value) => value !== null && value !== undefined)
  const [value] = given
  if (value !== undefined && given.length === 1) return value
  const names = Object.keys(fields)
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
  throw badInput({ path: ['input'], code: 'EXACTLY_ONE', message: `exactly one of ${list} must be given` })
}

/** The contact that an input names. */
export function parseContact({ email, phone }: z.output<z.ZodObject<typeof contactFields>>): Contact {
  const contacts: { readonly [Kind in Channel]: Contact<Kind> | null } = {
    EMAIL: email ? { channel: 'EMAIL', address: email } : null,
    SMS: phone ? { channel: 'SMS', address: phone } : null,
  }
  const byField = CHANNEL_NAMES.map((channel) => [CHANNELS[channel].inputField, contacts[channel]] as const)
  return exactlyOne<Contact>(Object.fromEntries(byField))
}

/** Throws `BAD_USER_INPUT` when the channel of the contact does not serve the purpose. */
export function requireMatchingChannel(purpose: OtpPurpose, { channel }: Contact): void {
  if (CHANNELS[channel].purposes.includes(purpose)) return
  const serving = CHANNEL_NAMES.map((name) => CHANNELS[name]).filter(({ purposes }) =>
    purposes.includes(purpose),
  )
  const message = `${purpose} takes ${serving.map(({ addressName }) => addressName).join(' or ')}`
  throw badInput({ path: ['input', 'purpose'], code: 'WRONG_CHANNEL', message })
}
