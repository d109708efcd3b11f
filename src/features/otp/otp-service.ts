import { CHANNELS, type Contact } from '../../core/channel.ts'
import { AuthError } from '../../core/errors.ts'
import type { PhoneNumber } from '../../core/phone.ts'
import { seal, unseal } from '../../core/sealed.ts'
import { equalInConstantTime, newCode, newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { GUESSES_PER_CODE } from '../limits/limits.ts'
import type { OtpGuard } from '../limits/otp-guard.ts'
import type { Requester } from '../limits/requester.ts'
import type {
  ChallengeReference,
  FoundChallenge,
  GuessPath,
  OpenedChallenge,
  OtpHolder,
  OtpTarget,
  SpentCode,
  StoredOtp,
} from './otp-challenge.ts'
import { OtpHashes } from './otp-hashes.ts'
import { findChannel, readSealedAddress, type OtpRecord } from './otp-record.ts'
import { OTP_RETENTION_MS, OtpStore } from './otp-store.ts'

/** Dependencies of the code service. */
export interface OtpDependencies {
  readonly store: StateStore
  readonly guard: OtpGuard
  readonly random: Random
  readonly now: Clock
  readonly hashKey: Buffer
  /** Seals the phone numbers of challenges. */
  readonly sealKey: Buffer
  /** Number of digits of a code. */
  readonly length: number
  readonly lifetimeMs: number
  /** Lifetime of the link in a message. */
  readonly linkMs: number
  /** The fixed code of an address, for app reviews and end-to-end tests; null for every other address. */
  readonly fixedCode: (address: string) => string | null
}

const CHALLENGE_ID = /^([\w-]{43})\.[\w-]{24}$/
const LINK_TOKEN = /^([\w-]{43})\.([\w-]{24})\.([\w-]{43})$/

/**
 * One-time codes: random, single-use, short-lived, bound to purpose and contact, with a limited number of
 * guesses.
 */
export class OtpService {
  readonly #deps: OtpDependencies
  readonly #hashes: OtpHashes
  readonly #store: OtpStore

  constructor(deps: OtpDependencies) {
    this.#deps = deps
    this.#hashes = new OtpHashes(deps.hashKey)
    this.#store = new OtpStore(deps)
  }

  /**
   * Creates a code; it replaces the previous code of the target. Without a holder the challenge is a decoy.
   */
  async open(target: OtpTarget, holder: OtpHolder | null): Promise<OpenedChallenge> {
    const { random, now, length, lifetimeMs, linkMs, fixedCode } = this.#deps
    const targetId = this.#hashes.target(target)
    const nonce = newId(random)
    const fixed = fixedCode(target.contact.address)
    const code = fixed ?? newCode(random, length)
    await this.#store.write(targetId, {
      purpose: target.purpose,
      nonce,
      codeHash: this.#hashes.code(targetId, nonce, code),
      userId: holder?.userId ?? null,
      securityStamp: holder?.securityStamp ?? null,
      phone: this.#sealAddress(target.contact, targetId),
      expiresAt: now() + lifetimeMs,
      linkExpiresAt: now() + linkMs,
      spent: false,
    })
    return {
      challengeId: `${targetId}.${nonce}`,
      code,
      fixed: fixed !== null,
      linkToken: `${targetId}.${nonce}.${this.#hashes.link(targetId, nonce)}`,
      expiresIn: Math.floor(lifetimeMs / 1000),
    }
  }

  /**
   * The challenge that a guess is about; nothing is counted yet. A caller who knows the challenge id learns
   * that the code was replaced or spent (`OTP_NOT_FOUND`) or has expired (`OTP_EXPIRED`); a caller who knows
   * only the contact learns that a code has expired, and nothing else.
   */
  async find(reference: ChallengeReference): Promise<FoundChallenge> {
    const targetId =
      reference.kind === 'contact'
        ? this.#hashes.target(reference.target)
        : parseTargetId(reference.challengeId)
    const stored = await this.#store.read(targetId, (record) => isReferenced(record, reference))
    if (stored && this.#deps.now() >= stored.record.expiresAt) throw new AuthError('OTP_EXPIRED')
    if (!stored && reference.kind === 'challenge') throw new AuthError('OTP_NOT_FOUND')
    return this.#toFound(targetId, reference.kind === 'contact' ? 'place' : 'challenge', stored)
  }

  /**
   * The challenge of a link. Throws `TOKEN_INVALID` for a link that is foreign, spent, replaced or expired.
   */
  async findByLink(token: string): Promise<FoundChallenge> {
    const [, targetId = '', nonce = '', mac = ''] = LINK_TOKEN.exec(token) ?? []
    if (!equalInConstantTime(this.#hashes.link(targetId, nonce), mac)) throw new AuthError('TOKEN_INVALID')
    const stored = await this.#store.read(targetId, (record) => equalInConstantTime(record.nonce, nonce))
    if (!stored?.record.userId || this.#deps.now() >= stored.record.linkExpiresAt)
      throw new AuthError('TOKEN_INVALID')
    return this.#toFound(targetId, 'link', stored)
  }

  /**
   * Verifies the code and spends it: of concurrent callers with the correct code, one succeeds. Every guess
   * is counted before it is compared. Throws `OTP_INVALID` or `RATE_LIMITED`.
   */
  async spend(challenge: FoundChallenge, code: string, requester: Requester): Promise<SpentCode> {
    const { targetId, path, stored } = challenge
    const attemptsLeft = await this.#countGuess(challenge, requester)
    const record = stored?.record
    const expected = record?.codeHash ?? ''
    const isMatch = equalInConstantTime(this.#hashes.code(targetId, record?.nonce ?? '', code), expected)
    if (!record?.userId || !isMatch || !(await this.#markSpent(challenge)))
      throw new AuthError('OTP_INVALID', { attemptsLeft })
    await this.#deps.guard.succeeded(targetId, path, requester)
    return { channel: findChannel(record), phone: this.#readPhone(record, targetId) }
  }

  /** Spends the code of a link: of concurrent callers, one succeeds. Throws `TOKEN_INVALID`. */
  async spendByLink(challenge: FoundChallenge): Promise<void> {
    if (!(await this.#markSpent(challenge))) throw new AuthError('TOKEN_INVALID')
  }

  /**
   * Makes a spent code valid again, after the operation that it was spent on has failed. The database still
   * refuses a second session with it.
   */
  async restore({ targetId, stored }: FoundChallenge): Promise<void> {
    if (stored) await this.#store.restore(targetId, stored)
  }

  #toFound(targetId: string, path: GuessPath, stored: StoredOtp | null): FoundChallenge {
    const proof = this.#hashes.proof(targetId, stored?.record.nonce ?? '')
    return { userId: stored?.record.userId ?? null, proof, targetId, path, stored }
  }

  /** When the guesses are used up, the correct code is rejected on this path too. */
  async #countGuess({ targetId, path, stored }: FoundChallenge, requester: Requester): Promise<number> {
    const { store, guard, lifetimeMs } = this.#deps
    await guard.admitGuess(targetId, path, requester)
    const key = `otp-guesses:${targetId}:${stored?.record.nonce ?? 'none'}:${path}`
    const { count } = await store.increment(key, lifetimeMs + OTP_RETENTION_MS)
    if (count > GUESSES_PER_CODE) throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    return GUESSES_PER_CODE - count
  }

  async #markSpent({ targetId, stored }: FoundChallenge): Promise<boolean> {
    return stored !== null && this.#store.markSpent(targetId, stored)
  }

  #readPhone(record: OtpRecord, targetId: string): PhoneNumber | null {
    const sealed = readSealedAddress(record, 'SMS')
    return sealed ? (unseal(this.#deps.sealKey, sealed, targetId) as PhoneNumber | null) : null
  }

  #sealAddress({ channel, address }: Contact, targetId: string): string | null {
    const { sealKey, random } = this.#deps
    return CHANNELS[channel].sealedAddressField === null ? null : seal(sealKey, address, targetId, random)
  }
}

/** The target of a challenge id. Throws `OTP_NOT_FOUND` for a text that is not a challenge id. */
function parseTargetId(challengeId: string): string {
  const [, targetId] = CHALLENGE_ID.exec(challengeId) ?? []
  if (!targetId) throw new AuthError('OTP_NOT_FOUND')
  return targetId
}

function isReferenced(record: OtpRecord, reference: ChallengeReference): boolean {
  if (reference.kind === 'contact') return true
  const nonce = reference.challengeId.slice(reference.challengeId.indexOf('.') + 1)
  return record.purpose === reference.purpose && equalInConstantTime(record.nonce, nonce)
}
