import type { z } from 'zod'
import type { Contact } from '../../core/contact.ts'
import { maskEmail } from '../../core/email-address.ts'
import { badInput } from '../../core/errors.ts'
import { emailAddress, phoneNumber } from '../../core/input.ts'
import { maskPhone } from '../../core/phone.ts'
import type { OtpPurpose } from './otp-record.ts'

/** An address or a number: the two ways to name where a code goes. */
export const contactFields = { email: emailAddress.nullish(), phone: phoneNumber.nullish() }

/** Of several ways to name a thing, the one that was given. Throws `BAD_USER_INPUT` with `EXACTLY_ONE` for none and for two. */
export function exactlyOne<Value>(named: Readonly<Record<string, Value | null | undefined>>): Value {
  const given = Object.values(named).filter((value) => value !== null && value !== undefined)
  const [value] = given
  if (value !== undefined && given.length === 1) return value
  const names = Object.keys(named)
  const list = `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`
  throw badInput({ path: ['input'], code: 'EXACTLY_ONE', message: `exactly one of ${list} must be given` })
}

/** The contact that an input names. */
export function parseContact({ email, phone }: z.output<z.ZodObject<typeof contactFields>>): Contact {
  return exactlyOne<Contact>({
    email: email ? { channel: 'EMAIL', address: email } : null,
    phone: phone ? { channel: 'SMS', address: phone } : null,
  })
}

/** Refuses a purpose that the contact cannot serve: `BAD_USER_INPUT`. */
export function requireMatchingChannel(purpose: OtpPurpose, { channel }: Contact): void {
  const wrong = channel === 'EMAIL' ? purpose === 'VERIFY_PHONE' : purpose === 'VERIFY_EMAIL'
  if (!wrong) return
  const message = `${purpose} takes ${channel === 'EMAIL' ? 'a phone number' : 'an e-mail address'}`
  throw badInput({ path: ['input', 'purpose'], code: 'WRONG_CHANNEL', message })
}

/** Enough for its owner to recognise, too little for anyone else. */
export function maskContact({ channel, address }: Contact): string {
  return channel === 'EMAIL' ? maskEmail(address) : maskPhone(address)
}
