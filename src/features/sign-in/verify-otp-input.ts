import { z } from 'zod'
import type { OtpPurpose } from '../../core/channel.ts'
import {
  contactFields,
  exactlyOne,
  flattenChoice,
  parseContact,
  requireMatchingChannel,
} from '../otp/contact-input.ts'
import type { ChallengeReference } from '../otp/otp-challenge.ts'
import { otpPurpose } from '../otp/otp-record.ts'

const referenceFields = { ...contactFields, challengeId: z.string().max(128, 'is too long').nullish() }

/** The input of `verifyOtp`. */
export const verifyOtpInput = z.object({
  ...referenceFields,
  reference: z.object(referenceFields).nullish(),
  purpose: otpPurpose,
  // People type a code as they read it: `123 456`, `123-456`.
  code: z
    .string()
    .max(64, 'is too long')
    .transform((text) => text.replace(/[ -]/g, ''))
    .pipe(z.string().regex(/^\d{4,10}$/, 'must be the digits of the code')),
})

/** A code with the challenge that it is for. */
export type GivenCode = z.output<typeof verifyOtpInput>

/** The challenge that an input names. Throws `BAD_USER_INPUT`. */
export function toChallengeReference(
  { reference, ...fields }: Omit<GivenCode, 'purpose' | 'code'>,
  purpose: OtpPurpose,
): ChallengeReference {
  const { challengeId, ...addresses } = flattenChoice({ name: 'reference', nested: reference }, fields)
  exactlyOne<string>({ challengeId, ...addresses })
  if (challengeId != null) return { kind: 'challenge', challengeId, purpose }
  const contact = parseContact(addresses)
  requireMatchingChannel(purpose, contact)
  return { kind: 'contact', target: { purpose, contact } }
}
