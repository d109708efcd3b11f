import type { Channel, Contact, OtpPurpose } from '../../core/channel.ts'
import type { PhoneNumber } from '../../core/phone.ts'
import type { OtpRecord } from './otp-record.ts'

/** The purpose of a code and the contact that it is sent to. Each target has one valid code at most. */
export interface OtpTarget {
  readonly purpose: OtpPurpose
  readonly contact: Contact
}

/** The account that a challenge is for. */
export interface OtpHolder {
  readonly userId: string
  /** The security stamp of the account, if its registration opens the challenge; otherwise null. */
  readonly securityStamp: number | null
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
}

/**
 * How a guess names its challenge. Guesses by challenge id and by contact have separate budgets, so that a
 * stranger who knows an address cannot use up the guesses of the person who holds the challenge id.
 */
export type ChallengeReference =
  | { readonly kind: 'challenge'; readonly challengeId: string; readonly purpose: OtpPurpose }
  | { readonly kind: 'contact'; readonly target: OtpTarget }

/** The path of a guess, as the keys of the counters name it; `place`: by contact. */
export type GuessPath = 'challenge' | 'place' | 'link'

/** A record with the text that it was read from: exactly that text is replaced. */
export interface StoredOtp {
  readonly record: OtpRecord
  readonly text: string
}

/** The challenge that a guess is about. */
export interface FoundChallenge {
  /** The account; null when there is no valid code: guesses are counted in the same way and always fail. */
  readonly userId: string | null
  /** Unique to the code, so that the database refuses a second session with it. */
  readonly proof: string
  readonly targetId: string
  readonly path: GuessPath
  readonly stored: StoredOtp | null
}

/** A code that was verified and spent. */
export interface SpentCode {
  /** The channel that it was sent by. */
  readonly channel: Channel
  /** The phone number that it was sent to; null for e-mail. */
  readonly phone: PhoneNumber | null
}
