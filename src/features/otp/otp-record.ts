import { z } from 'zod'
import { CHANNEL_NAMES, CHANNELS, OTP_PURPOSES, type Channel, type OtpPurpose } from '../../core/channel.ts'

/** The purpose of a code in an input. */
export const otpPurpose = z.enum(OTP_PURPOSES)

/** A code in the state store, which never holds the code itself. */
export interface OtpRecord {
  readonly purpose: OtpPurpose
  /** The random part of the challenge id; each code has its own. */
  readonly nonce: string
  /** MAC of target, nonce and code. */
  readonly codeHash: string
  /** The account; null for a decoy, which looks like any other challenge and which no code verifies. */
  readonly userId: string | null
  /** The security stamp of the account, if its registration opened the challenge; otherwise null. */
  readonly securityStamp: number | null
  /** The phone number that the code was sent to, sealed; null for e-mail. */
  readonly phone: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** When the link in the message expires. */
  readonly linkExpiresAt: number
  readonly spent: boolean
}

/** The stored form. Nodes of earlier versions read it too, so its property names must not change. */
const storedRecord = z.object({
  purpose: otpPurpose,
  nonce: z.string(),
  codeHash: z.string(),
  userId: z.string().nullable(),
  // Absent in records of the previous version.
  generation: z.number().nullable().default(null),
  phone: z.string().nullable().default(null),
  expiresAt: z.number(),
  linkExpiresAt: z.number().default(0),
  spent: z.boolean(),
})

/** Serializes a record for the state store. */
export function writeOtpRecord({ securityStamp, ...record }: OtpRecord): string {
  return JSON.stringify(storedRecord.parse({ ...record, generation: securityStamp }))
}

/** Parses a record of the state store. Throws for a text that `writeOtpRecord` did not write. */
export function readOtpRecord(text: string): OtpRecord {
  const { generation, ...record } = storedRecord.parse(JSON.parse(text))
  return { ...record, securityStamp: generation }
}

/** The sealed address that the code was sent to; null for a channel whose addresses are not stored. */
export function readSealedAddress(record: OtpRecord, channel: Channel): string | null {
  const { sealedAddressField } = CHANNELS[channel]
  return sealedAddressField && record[sealedAddressField]
}

/**
 * The channel of the code. A record does not name it: a sealed address shows it, and e-mail addresses are not
 * stored.
 */
export function findChannel(record: OtpRecord): Channel {
  return CHANNEL_NAMES.find((channel) => readSealedAddress(record, channel) !== null) ?? 'EMAIL'
}
