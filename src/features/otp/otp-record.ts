import { z } from 'zod'
import { CHANNEL_NAMES, OTP_PURPOSES, type Channel, type OtpPurpose } from '../../core/channel.ts'

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
  /** The security stamp of the account when the code was sent; null for a decoy. */
  readonly securityStamp: number | null
  /** The same, if the registration of the account opened the challenge; otherwise null. */
  readonly registrationStamp: number | null
  /** The channel that the code was sent by. */
  readonly channel: Channel
  /** The address that the code was sent to, sealed; null for a channel whose addresses are not stored. */
  readonly sealedAddress: string | null
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** When the link in the message expires. */
  readonly linkExpiresAt: number
  readonly spent: boolean
  /** Who requested the code: a hash of the known device or of the network. Null in earlier versions. */
  readonly requester: string | null
  /** The signed-in account that requested to verify a number; null for every other challenge. */
  readonly openerId: string | null
  /** Hash of the contact, which guesses are counted by. Null in earlier versions: counted by purpose too. */
  readonly destination: string | null
}

/**
 * The codes of one target, newest first. Each requester has one, so that the code of one person does not end
 * that of another.
 */
export type OtpRecords = readonly OtpRecord[]

/** The stored form. Nodes of earlier versions read it too, so its property names must not change. */
const storedRecord = z.object({
  purpose: otpPurpose,
  nonce: z.string(),
  codeHash: z.string(),
  userId: z.string().nullable(),
  // The stamp at the registration. Earlier versions stored no other stamp.
  generation: z.number().nullable().default(null),
  // The sealed address. Earlier versions sealed phone numbers only, and recognized SMS by them.
  phone: z.string().nullable().default(null),
  expiresAt: z.number(),
  linkExpiresAt: z.number().default(0),
  spent: z.boolean(),
  // Absent in records of earlier versions.
  channel: z.enum(CHANNEL_NAMES).optional(),
  stamp: z.number().nullable().default(null),
  requester: z.string().nullable().default(null),
  opener: z.string().nullable().default(null),
  destination: z.string().nullable().default(null),
})

/** Nodes of earlier versions read the newest code and ignore the others. */
const storedRecords = storedRecord.extend({ others: z.array(storedRecord).default([]) })

/** Serializes the codes of a target, of which there is at least one, for the state store. */
export function writeOtpRecords([newest, ...others]: readonly [OtpRecord, ...OtpRecord[]]): string {
  const stored = toStored(newest)
  return JSON.stringify(others.length === 0 ? stored : { ...stored, others: others.map(toStored) })
}

/** Parses the codes of a target. Throws for a text that `writeOtpRecords` did not write. */
export function readOtpRecords(text: string): readonly [OtpRecord, ...OtpRecord[]] {
  const { others, ...newest } = storedRecords.parse(JSON.parse(text))
  return [fromStored(newest), ...others.map(fromStored)]
}

function toStored(record: OtpRecord): z.output<typeof storedRecord> {
  const { securityStamp, registrationStamp, sealedAddress, openerId, ...rest } = record
  const renamed = {
    stamp: securityStamp,
    generation: registrationStamp,
    phone: sealedAddress,
    opener: openerId,
  }
  return storedRecord.parse({ ...rest, ...renamed })
}

function fromStored(stored: z.output<typeof storedRecord>): OtpRecord {
  const { stamp, generation, phone, channel, opener, ...rest } = stored
  return {
    ...rest,
    securityStamp: stamp ?? generation,
    registrationStamp: generation,
    channel: channel ?? (phone === null ? 'EMAIL' : 'SMS'),
    sealedAddress: phone,
    openerId: opener,
  }
}
