import type { Contact } from '../../core/contact.ts'
import { AuthError } from '../../core/errors.ts'
import type { PhoneNumber } from '../../core/phone.ts'
import { seal, unseal } from '../../core/sealed.ts'
import { equalInConstantTime, keyedHash, newCode, newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { GUESSES_PER_CODE } from '../limits/limits.ts'
import type { OtpGuard } from '../limits/otp-guard.ts'
import type { Requester } from '../limits/requester.ts'
import { readOtpRecord, writeOtpRecord, type OtpPurpose, type OtpRecord } from './otp-record.ts'

/** What the code service needs. */
export interface OtpDependencies {
  readonly store: StateStore
  readonly guard: OtpGuard
  readonly random: Random
  readonly now: Clock
  readonly hashKey: Buffer
  /** Seals the phone numbers of challenges. */
  readonly sealKey: Buffer
  /** Digits of a code. */
  readonly length: number
  readonly lifetimeMs: number
  /** How long the link in a message works. */
  readonly linkMs: number
  /** The code that a destination always gets, for reviews and end-to-end tests; null for every other. */
  readonly fixedCode: (address: string) => string | null
}

/** Where a code goes and what it is for. One place holds at most one code. */
export interface OtpPlace {
  readonly purpose: OtpPurpose
  readonly contact: Contact
}

/** Whose a challenge is. */
export interface OtpHolder {
  readonly userId: string
  /** The account's security stamp, where its registration opens the challenge. */
  readonly securityStamp: number | null
}

/** A new challenge. The code goes to the destination and nowhere else. */
export interface OpenedChallenge {
  readonly challengeId: string
  readonly code: string
  /** True where the code is fixed by the settings: nobody needs to be told. */
  readonly fixed: boolean
  /** Does the same as the code, for as long as links work. */
  readonly linkToken: string
  /** Seconds. */
  readonly expiresIn: number
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
  readonly path: ChallengeReference['kind'] | 'link'
  /** As it stands in the store, with its text: what is replaced is exactly what was read. */
  readonly stored: { readonly record: OtpRecord; readonly text: string } | null
}

/** How long an ended code is still told apart from one that never was. */
const AFTERLIFE_MS = 10 * 60_000
const CHALLENGE_ID = /^([\w-]{43})\.[\w-]{24}$/
const LINK_TOKEN = /^([\w-]{43})\.([\w-]{24})\.([\w-]{43})$/

/** One-time codes: random, single-use, short-lived, bound to purpose, channel and destination, guessed at a counted number of times. */
export class OtpService {
  readonly #deps: OtpDependencies

  constructor(deps: OtpDependencies) {
    this.#deps = deps
  }

  /** Makes a code for a place; the code before it dies in the same step. Without a holder it is a decoy. */
  async open(place: OtpPlace, holder: OtpHolder | null): Promise<OpenedChallenge> {
    const { store, random, now, length, lifetimeMs, linkMs, fixedCode } = this.#deps
    const placeId = this.#placeId(place)
    const nonce = newId(random)
    const fixed = fixedCode(place.contact.address)
    const code = fixed ?? newCode(random, length)
    const record = {
      purpose: place.purpose,
      nonce,
      codeHash: this.#codeHash(placeId, nonce, code),
      userId: holder?.userId ?? null,
      securityStamp: holder?.securityStamp ?? null,
      phone: this.#sealedPhone(place.contact, placeId),
      expiresAt: now() + lifetimeMs,
      linkExpiresAt: now() + linkMs,
      spent: false,
    }
    await store.set(recordKey(placeId), writeOtpRecord(record), Math.max(lifetimeMs, linkMs) + AFTERLIFE_MS)
    return {
      challengeId: `${placeId}.${nonce}`,
      code,
      fixed: fixed !== null,
      linkToken: `${placeId}.${nonce}.${this.#linkMac(placeId, nonce)}`,
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
    const stored = await this.#read(placeId, (record) => isMeant(record, reference))
    if (stored && this.#deps.now() >= stored.record.expiresAt) throw new AuthError('OTP_EXPIRED')
    if (!stored && reference.kind === 'challenge') throw new AuthError('OTP_NOT_FOUND')
    return this.#found(placeId, reference.kind, stored)
  }

  /** The challenge of a link in a message. Links that are foreign, spent, replaced or over are one answer, `TOKEN_INVALID`. */
  async findByLink(token: string): Promise<FoundChallenge> {
    const [, placeId = '', nonce = '', mac = ''] = LINK_TOKEN.exec(token) ?? []
    if (!equalInConstantTime(this.#linkMac(placeId, nonce), mac)) throw new AuthError('TOKEN_INVALID')
    const stored = await this.#read(placeId, (record) => equalInConstantTime(record.nonce, nonce))
    if (!stored?.record.userId || this.#deps.now() >= stored.record.linkExpiresAt)
      throw new AuthError('TOKEN_INVALID')
    return this.#found(placeId, 'link', stored)
  }

  /** The phone number that the challenge's code went to; null for e-mail. */
  phoneOf({ placeId, stored }: FoundChallenge): PhoneNumber | null {
    const sealed = stored?.record.phone
    return sealed ? (unseal(this.#deps.sealKey, sealed, placeId) as PhoneNumber | null) : null
  }

  /**
   * Spends the code: of any number of callers with the right one, one is answered. Every guess is counted before it is
   * compared. Throws `OTP_INVALID` or `RATE_LIMITED`.
   */
  async spend(challenge: FoundChallenge, code: string, requester: Requester): Promise<void> {
    const { placeId, path, stored } = challenge
    const attemptsLeft = await this.#countGuess(challenge, requester)
    const record = stored?.record
    const fits = equalInConstantTime(
      this.#codeHash(placeId, record?.nonce ?? '', code),
      record?.codeHash ?? '',
    )
    if (!record?.userId || !fits || !(await this.#markSpent(challenge))) {
      throw new AuthError('OTP_INVALID', { attemptsLeft })
    }
    await this.#deps.guard.succeeded(placeId, path, requester)
  }

  /** Spends the code by its link: of any number of callers, one is answered. Throws `TOKEN_INVALID`. */
  async spendByLink(challenge: FoundChallenge): Promise<void> {
    if (!(await this.#markSpent(challenge))) throw new AuthError('TOKEN_INVALID')
  }

  /** Makes a spent code good again, for when what it was spent on could not be done. SQL still refuses a second session with it. */
  async restore({ placeId, stored }: FoundChallenge): Promise<void> {
    if (stored) await this.#replace(placeId, stored.record, spentTextOf(stored.record), stored.text)
  }

  async #read(
    placeId: string,
    isMeantHere: (record: OtpRecord) => boolean,
  ): Promise<FoundChallenge['stored']> {
    const [text] = await this.#deps.store.get([recordKey(placeId)])
    const record = text ? readOtpRecord(text) : null
    return text && record && !record.spent && isMeantHere(record) ? { record, text } : null
  }

  #found(placeId: string, path: FoundChallenge['path'], stored: FoundChallenge['stored']): FoundChallenge {
    const proof = keyedHash(this.#deps.hashKey, 'proof', placeId, stored?.record.nonce ?? '')
    return { userId: stored?.record.userId ?? null, proof, placeId, path, stored }
  }

  /** Past the budget the code is dead on this path, the right one too. */
  async #countGuess({ placeId, path, stored }: FoundChallenge, requester: Requester): Promise<number> {
    const { store, guard, lifetimeMs } = this.#deps
    await guard.admitGuess(placeId, path, requester)
    const key = `otp-guesses:${placeId}:${stored?.record.nonce ?? 'none'}:${path}`
    const { count } = await store.increment(key, lifetimeMs + AFTERLIFE_MS)
    if (count > GUESSES_PER_CODE) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    return GUESSES_PER_CODE - count
  }

  async #markSpent({ placeId, stored }: FoundChallenge): Promise<boolean> {
    return stored !== null && this.#replace(placeId, stored.record, stored.text, spentTextOf(stored.record))
  }

  async #replace(placeId: string, record: OtpRecord, expected: string, next: string): Promise<boolean> {
    const { store, now } = this.#deps
    const ttl = Math.max(record.expiresAt, record.linkExpiresAt) + AFTERLIFE_MS - now()
    return ttl > 0 && store.compareAndSet(recordKey(placeId), expected, next, ttl)
  }

  #sealedPhone({ channel, address }: Contact, placeId: string): string | null {
    return channel === 'SMS' ? seal(this.#deps.sealKey, address, placeId, this.#deps.random) : null
  }

  #placeId({ purpose, contact: { channel, address } }: OtpPlace): string {
    return keyedHash(this.#deps.hashKey, 'place', purpose, channel, address)
  }

  #linkMac(placeId: string, nonce: string): string {
    return keyedHash(this.#deps.hashKey, 'link', placeId, nonce)
  }

  #codeHash(placeId: string, nonce: string, code: string): string {
    return keyedHash(this.#deps.hashKey, 'code', placeId, nonce, code)
  }
}

function spentTextOf(record: OtpRecord): string {
  return writeOtpRecord({ ...record, spent: true })
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
