import { z } from 'zod'
import { parseEmail, type EmailAddress } from '../../../core/email-address.ts'
import type { MailFrom } from '../../../ports/mailer.ts'
import type { Settings, ValuesOf } from '../../setting-group.ts'
import { textMatching } from '../../setting-types.ts'

/** `Name <address>` or the address alone. The name must not contain what ends a quoted name in a header. */
const mailFrom = z
  .string()
  .transform((value, context): MailFrom => {
    const [, name = '', bracketed, bare] =
      /^(?:([^<>"\\\p{Cc}]*)<([^<>]+)>|([^<>]+))$/u.exec(value.trim()) ?? []
    const address = parseEmail(bracketed ?? bare ?? '')
    if (address) return { name: name.trim(), address }
    context.addIssue({ code: 'custom', message: 'Name <address@example.com> or address@example.com' })
    return z.NEVER
  })
  .describe('`Name <address>` or an address')

/** Settings of the senders, which several transports use. */
export const senderSettings = {
  MAIL_FROM: {
    type: mailFrom.optional(),
    doc: 'Sender of e-mail, such as `Example <no-reply@example.com>`.',
  },
  SMS_FROM: {
    type: textMatching(
      /^(\+[1-9]\d{6,14}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/,
      'a number such as +441632960000, a name of 1 to 11 letters and digits, or the SID of a messaging service',
    ).optional(),
    doc: 'Sender of text messages: a number in E.164, an alphanumeric sender id or a Twilio messaging service.',
  },
} as const satisfies Settings

/** Parsed values of the senders. */
export type SenderValues = ValuesOf<typeof senderSettings>

/** The sender of e-mail. The cross-checks require it with every transport that uses it. */
export function toMailFrom({ MAIL_FROM: sender }: SenderValues): MailFrom {
  return sender ?? { name: '', address: '' as EmailAddress }
}
