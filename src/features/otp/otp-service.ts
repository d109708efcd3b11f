import { AuthError } from '../../core/errors.ts'
import { equalInConstantTime, keyedHash, newCode, newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { GUESSES_PER_CODE } from '../limits/limit-rules.ts'
import type { OtpGuard } from '../limits/otp-guard.ts'
import type { Visitor } from '../limits/visitors.ts'
import {
  readOtpRecord,
  writeOtpRecord,
  type OtpChannel,
  type OtpPurpose,
  type OtpRecord,
} from './otp-record.ts'

/** What the code service needs. */
export interface OtpDependencies {
  readonly store: StateStore
  readonly guard: OtpGuard
  readonly random: Random
  readonly now: Clock
  readonly hashKey: Buffer
  /** Digits of a code. */
  readonly length: number
  readonly lifetimeMs: number
}

/** Where a code goes and what it is for. One place holds at most one code. */
export interface OtpPlace {
  readonly purpose: OtpPurpose
  readonly channel: OtpChannel
  /** Canonical address. */
  readonly destination: string
}

/** A new challenge. The code goes to the destination and nowhere else. */
export interface OpenedChallenge {
  readonly challengeId: string
  readonly code: string
  /** Seconds. */
  readonly expiresIn: number
  /** Seconds until another message may be asked for. */
  readonly resendAvailableIn: number
}

/** How a guess names its challenge. The two ways have budgets of their own, so that a stranger who knows an address cannot burn the code of whoever holds the challenge's id. */
export type ChallengeReference =
  | { readonly kind: 'challenge'; readonly challengeId: string; readonly purpose: OtpPurpose }
  | { readonly kind: 'place'; readonly place: OtpPlace }

/** The challenge that a guess is about. */
export interface FoundChallenge {
  /** The account; null where there is no code to meet: such a challenge is guessed at in vain, like any other. */
  readonly userId: string | null
  /** Unique to this code: SQL refuses a second session with it. */
  readonly proof: string
  readonly placeId: string
  readonly path: ChallengeReference['kind']
  readonly record: OtpRecord | null
}

/** Leave to send one message, and when the next may be asked for. */
export interface Admission {
  /** Seconds. */
  readonly resendAvailableIn: number
}

/** How long an ended code is still told apart from one that never was. */
const AFTERLIFE_MS = 10 * 60_000
const CHALLENGE_ID = /^([\w-]{43})\.[\w-]{24}$/

/** One-time codes: random, single-use, short-lived, bound to purpose, channel and destination, guessed at a counted number of times. */
export class OtpService {
  readonly #deps: OtpDependencies

  constructor(deps: OtpDependencies) {
    this.#deps = deps
  }

  /** Leave to send a code to a place, claimed before any work is done for it. Throws `RATE_LIMITED`. */
  async admit(place: OtpPlace, visitor: Visitor): Promise<Admission> {
    const resend = await this.#deps.guard.admitMessage(place.purpose, this.#placeId(place), visitor)
    return { resendAvailableIn: resend.remaining > 0 ? 0 : Math.ceil(resend.resetsInMs / 1000) }
  }

  /** Makes a code for a place; the code before it dies in the same step. `userId` null makes a decoy. */
  async open(place: OtpPlace, userId: string | null, admission: Admission): Promise<OpenedChallenge> {
    const { store, random, now, length, lifetimeMs } = this.#deps
    const placeId = this.#placeId(place)
    const nonce = newId(random)
    const code = newCode(random, length)
    const codeHash = this.#codeHash(placeId, nonce, code)
    const record = {
      purpose: place.purpose,
      nonce,
      codeHash,
      userId,
      expiresAt: now() + lifetimeMs,
      spent: false,
    }
    await store.set(recordKey(placeId), writeOtpRecord(record), lifetimeMs + AFTERLIFE_MS)
    return {
      ...admission,
      challengeId: `${placeId}.${nonce}`,
      code,
      expiresIn: Math.floor(lifetimeMs / 1000),
    }
  }

  /**
   * The challenge that a guess is meant for; nothing is counted yet. Whoever holds a challenge's id is told that it is gone
   * (`OTP_NOT_FOUND`) or over (`OTP_EXPIRED`); whoever knows only the address learns that a code has expired, and otherwise nothing.
   */
  async find(reference: ChallengeReference): Promise<FoundChallenge> {
    const placeId =
      reference.kind === 'place' ? this.#placeId(reference.place) : placeOf(reference.challengeId)
    const [text] = await this.#deps.store.get([recordKey(placeId)])
    const stored = text ? readOtpRecord(text) : null
    const record = stored && !stored.spent && isMeant(stored, reference) ? stored : null
    if (record && this.#deps.now() >= record.expiresAt) throw new AuthError('OTP_EXPIRED')
    if (!record && reference.kind === 'challenge') throw new AuthError('OTP_NOT_FOUND')
    const proof = keyedHash(this.#deps.hashKey, 'proof', placeId, record?.nonce ?? '')
    return { userId: record?.userId ?? null, proof, placeId, path: reference.kind, record }
  }

  /**
   * Spends the code: of any number of callers with the right one, one is answered. Every guess is counted before it is
   * compared. Throws `OTP_INVALID` or `RATE_LIMITED`.
   */
  async spend(challenge: FoundChallenge, code: string, visitor: Visitor): Promise<void> {
    const { placeId, path, record } = challenge
    const attemptsLeft = await this.#countGuess(challenge, visitor)
    const fits = equalInConstantTime(
      this.#codeHash(placeId, record?.nonce ?? '', code),
      record?.codeHash ?? '',
    )
    if (!record?.userId || !fits || !(await this.#replace(placeId, record, { ...record, spent: true }))) {
      throw new AuthError('OTP_INVALID', { attemptsLeft })
    }
    await this.#deps.guard.succeeded(placeId, path, visitor)
  }

  /** Makes a spent code good again, for when what it was spent on could not be done. SQL still refuses a second session with it. */
  async restore({ placeId, record }: FoundChallenge): Promise<void> {
    if (record) await this.#replace(placeId, { ...record, spent: true }, record)
  }

  /** Past the budget the code is dead on this path, the right one too. */
  async #countGuess({ placeId, path, record }: FoundChallenge, visitor: Visitor): Promise<number> {
    const { store, guard, lifetimeMs } = this.#deps
    await guard.admitGuess(placeId, path, visitor)
    const key = `otp-guesses:${placeId}:${record?.nonce ?? 'none'}:${path}`
    const { count } = await store.increment(key, lifetimeMs + AFTERLIFE_MS)
    if (count > GUESSES_PER_CODE) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    return GUESSES_PER_CODE - count
  }

  async #replace(placeId: string, record: OtpRecord, next: OtpRecord): Promise<boolean> {
    const { store, now } = this.#deps
    const ttl = record.expiresAt + AFTERLIFE_MS - now()
    return (
      ttl > 0 && store.compareAndSet(recordKey(placeId), writeOtpRecord(record), writeOtpRecord(next), ttl)
    )
  }

  #placeId({ purpose, channel, destination }: OtpPlace): string {
    return keyedHash(this.#deps.hashKey, 'place', purpose, channel, destination)
  }

  #codeHash(placeId: string, nonce: string, code: string): string {
    return keyedHash(this.#deps.hashKey, 'code', placeId, nonce, code)
  }
}

function recordKey(placeId: string): string {
  return `otp:${placeId}`
}

/** The part of a challenge's id that names its place; a text that is no challenge's id has none. */
function placeOf(challengeId: string): string {
  const [, placeId] = CHALLENGE_ID.exec(challengeId) ?? []
  if (!placeId) throw new AuthError('OTP_NOT_FOUND')
  return placeId
}

function isMeant(record: OtpRecord, reference: ChallengeReference): boolean {
  if (reference.kind === 'place') return true
  const nonce = reference.challengeId.slice(reference.challengeId.indexOf('.') + 1)
  return record.purpose === reference.purpose && equalInConstantTime(record.nonce, nonce)
}
