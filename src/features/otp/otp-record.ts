import { z } from 'zod'

/** What a code is for: a code of one purpose is worth nothing for another. */
export type OtpPurpose = 'LOGIN' | 'VERIFY_EMAIL' | 'RESET_PASSWORD'
/** How a code travels. */
export type OtpChannel = 'EMAIL'

/** What the state store keeps of a code: never the code. */
export interface OtpRecord {
  readonly purpose: OtpPurpose
  /** Random part of the challenge's id: a new code has a new one. */
  readonly nonce: string
  /** MAC over place, nonce and code. */
  readonly codeHash: string
  /** The account, or null for a decoy: a challenge that looks like any other and can never be met. */
  readonly userId: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  readonly spent: boolean
}

const schema = z.object({
  purpose: z.enum(['LOGIN', 'VERIFY_EMAIL', 'RESET_PASSWORD']),
  nonce: z.string(),
  codeHash: z.string(),
  userId: z.string().nullable(),
  expiresAt: z.number(),
  spent: z.boolean(),
})

/** The record's one text: compare-and-set compares texts. */
export function writeOtpRecord({ purpose, nonce, codeHash, userId, expiresAt, spent }: OtpRecord): string {
  return JSON.stringify({ purpose, nonce, codeHash, userId, expiresAt, spent })
}

/** The record of a text that `writeOtpRecord` made; throws for any other, which no one but us should have written. */
export function readOtpRecord(text: string): OtpRecord {
  return schema.parse(JSON.parse(text))
}
