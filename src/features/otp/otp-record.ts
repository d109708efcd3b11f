import { z } from 'zod'

/** What a code is for: a code of one purpose is worth nothing for another. */
export const otpPurpose = z.enum(['LOGIN', 'VERIFY_EMAIL', 'VERIFY_PHONE', 'RESET_PASSWORD'])
export type OtpPurpose = z.output<typeof otpPurpose>
/** How a code travels. */
export type OtpChannel = 'EMAIL' | 'SMS'

/** What the state store keeps of a code: never the code. */
export interface OtpRecord {
  readonly purpose: OtpPurpose
  /** Random part of the challenge's id: a new code has a new one. */
  readonly nonce: string
  /** MAC over place, nonce and code. */
  readonly codeHash: string
  /** The account, or null for a decoy: a challenge that looks like any other and can never be met. */
  readonly userId: string | null
  /** The account's security stamp when its registration opened this challenge; null where something else did. */
  readonly securityStamp: number | null
  /** The phone number that the code went to, sealed; null for e-mail. */
  readonly phone: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** The same for the link in the message. */
  readonly linkExpiresAt: number
  readonly spent: boolean
}

const schema = z.object({
  purpose: otpPurpose,
  nonce: z.string(),
  codeHash: z.string(),
  userId: z.string().nullable(),
  // Records of the version before had none of these.
  securityStamp: z.number().nullable().default(null),
  phone: z.string().nullable().default(null),
  expiresAt: z.number(),
  linkExpiresAt: z.number().default(0),
  spent: z.boolean(),
})

/** A record as a text for the state store. */
export function writeOtpRecord(record: OtpRecord): string {
  return JSON.stringify(record)
}

/** The record of a text that `writeOtpRecord` made; throws for any other, which no one but us should have written. */
export function readOtpRecord(text: string): OtpRecord {
  return schema.parse(JSON.parse(text))
}
