import type { Contact, OtpPurpose } from '../../core/channel.ts'
import type { Requester } from '../limits/requester.ts'
import type { OtpRecord, OtpRecords } from './otp-record.ts'

/** The purpose of a code and the contact that it is sent to. Each requester has one valid code for it. */
export interface OtpTarget {
  readonly purpose: OtpPurpose
  readonly contact: Contact
}

/** The account that a challenge is for. */
export interface OtpHolder {
  readonly userId: string
  readonly securityStamp: number
  /** Whether the registration of the account opens the challenge. */
  readonly isRegistration: boolean
}

/** Who opens a challenge. */
export interface ChallengeOpener {
  readonly requester: Requester
  /** The signed-in account that verifies a number; null for every other challenge. */
  readonly openerId: string | null
}

/** A new challenge. The code is sent to the target only. */
export interface OpenedChallenge {
  readonly challengeId: string
  readonly code: string
  /** True for a fixed code of the settings, which is not sent. */
  readonly fixed: boolean
  /** The token of a link that does the same as the code. */
  readonly linkToken: string
  /** Seconds. */
  readonly expiresIn: number
  /** When the code expires, in milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** When the link expires. */
  readonly linkExpiresAt: number
}

/**
 * How a guess names its challenge. Guesses by challenge id and by contact have separate budgets, so that a
 * stranger who knows an address cannot use up the guesses of the person who holds the challenge id.
 */
export type ChallengeReference = ChallengeById | { readonly kind: 'contact'; readonly target: OtpTarget }

/** A challenge by its id. */
export interface ChallengeById {
  readonly kind: 'challenge'
  readonly challengeId: string
  readonly purpose: OtpPurpose
}

/** The path of a guess, as the keys of the counters name it; `place`: by contact. */
export type GuessPath = 'challenge' | 'place' | 'link'

/** The codes that a guess may be about. */
export interface CandidateCodes {
  readonly targetId: string
  readonly path: GuessPath
  /** The contact that guesses are counted by, hashed. */
  readonly destination: string
  /** Valid codes, newest first. */
  readonly records: OtpRecords
  /** The account; null for decoys and without a valid code. */
  readonly userId: string | null
  /** The signed-in account that requested to verify a number; null for every other challenge. */
  readonly openerId: string | null
  /** Whether the guess is for another purpose. */
  readonly refusal: 'wrong-purpose' | null
}

/** The challenge that a guess is about. */
export interface FoundChallenge {
  /** The account; null when there is no valid code: guesses are counted in the same way and always fail. */
  readonly userId: string | null
  /** Unique to the code, so that the database refuses a second session with it. */
  readonly proof: string
  readonly targetId: string
  readonly destination: string
  readonly path: GuessPath
  readonly record: OtpRecord | null
  /**
   * Why no code or token verifies the challenge: a guess is for another purpose, or a link was used or
   * replaced.
   */
  readonly refusal: 'wrong-purpose' | 'link-ended' | null
}
