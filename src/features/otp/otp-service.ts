import {
  CHANNELS,
  OTP_PURPOSES,
  findContact,
  type AccountContacts,
  type Contact,
} from '../../core/channel.ts'
import { AuthError } from '../../core/errors.ts'
import { LINK_TOKEN } from '../../core/link-tokens.ts'
import { seal, unseal } from '../../core/sealed.ts'
import { equalInConstantTime, newCode, newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { GUESSES_PER_CODE } from '../limits/limits.ts'
import type { OtpGuard } from '../limits/otp-guard.ts'
import type { Requester } from '../limits/requester.ts'
import type {
  CandidateCodes,
  ChallengeById,
  ChallengeOpener,
  ChallengeReference,
  FoundChallenge,
  OpenedChallenge,
  OtpHolder,
  OtpTarget,
} from './otp-challenge.ts'
import { OtpHashes } from './otp-hashes.ts'
import type { OtpRecord, OtpRecords } from './otp-record.ts'
import { parseChallengeId, selectVisible, toCandidates, toHolderFields } from './otp-references.ts'
import { OTP_RETENTION_MS, OtpStore } from './otp-store.ts'

/** Dependencies of the code service. */
export interface OtpDependencies {
  readonly store: StateStore
  readonly guard: OtpGuard
  readonly random: Random
  readonly now: Clock
  readonly hashKey: Buffer
  /** Seals the addresses of challenges. */
  readonly sealKey: Buffer
  /** Number of digits of a code. */
  readonly length: number
  readonly lifetimeMs: number
  /** Lifetime of the link in a message. */
  readonly linkMs: number
  /** The fixed code of an address, for app reviews and end-to-end tests; null for every other address. */
  readonly fixedCode: (address: string) => string | null
}

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
   * Creates a code; it replaces the previous code of the same requester for the target. Without a holder the
   * challenge is a decoy.
   */
  async open(target: OtpTarget, holder: OtpHolder | null, opener: ChallengeOpener): Promise<OpenedChallenge> {
    const { random, length, lifetimeMs, fixedCode } = this.#deps
    const { contact, purpose } = target
    const targetId = this.#hashes.target(target)
    const nonce = newId(random)
    const fixed = fixedCode(contact.address)
    const code = fixed ?? newCode(random, length)
    const lifetime = this.#toLifetime()
    await this.#store.add(targetId, {
      purpose,
      nonce,
      codeHash: this.#hashes.code(targetId, nonce, code),
      ...toHolderFields(holder),
      channel: contact.channel,
      sealedAddress: this.#sealAddress(contact, targetId),
      ...lifetime,
      spent: false,
      requester: this.#hashes.requester(opener.requester, opener.openerId),
      openerId: opener.openerId,
      destination: this.#hashes.destination(contact),
    })
    return {
      challengeId: `${targetId}.${nonce}`,
      code,
      fixed: fixed !== null,
      linkToken: `${targetId}.${nonce}.${this.#hashes.link(targetId, nonce)}`,
      expiresIn: Math.floor(lifetimeMs / 1000),
      ...lifetime,
    }
  }

  /**
   * The codes that a guess may be about; nothing is counted yet. A caller who knows the challenge id learns
   * that the code was replaced (`OTP_NOT_FOUND`) or has expired (`OTP_EXPIRED`), and learns the same of a
   * decoy; a caller who knows only the contact learns that a code has expired, and nothing else.
   */
  async find(reference: ChallengeReference, callerId: string | null): Promise<CandidateCodes> {
    if (reference.kind === 'challenge') return this.#findById(reference)
    const targetId = this.#hashes.target(reference.target)
    const unspent = (await this.#store.read(targetId)).filter(({ spent }) => !spent)
    const records = this.#requireUnexpired(selectVisible(unspent, callerId))
    const destination = this.#hashes.destination(reference.target.contact)
    return toCandidates({ targetId, path: 'place', destination, records, refusal: null })
  }

  async #findById({ challengeId, purpose }: ChallengeById): Promise<CandidateCodes> {
    const { targetId, nonce } = parseChallengeId(challengeId)
    const stored = await this.#store.read(targetId)
    if (stored.length === 0) throw new AuthError('OTP_NOT_FOUND', { reason: 'UNKNOWN' })
    const [record] = stored.filter((each) => equalInConstantTime(each.nonce, nonce))
    // The target id is a MAC: only a challenge id discloses it.
    if (!record) throw new AuthError('OTP_NOT_FOUND', { reason: 'REPLACED' })
    const records = this.#requireUnexpired([record])
    const refusal = record.purpose === purpose ? null : 'wrong-purpose'
    const destination = record.destination ?? targetId
    return toCandidates({ targetId, path: 'challenge', destination, records, refusal })
  }

  /** The codes that have not expired. Throws `OTP_EXPIRED` if all have. */
  #requireUnexpired(records: OtpRecords): OtpRecords {
    const live = records.filter(({ expiresAt }) => this.#deps.now() < expiresAt)
    if (live.length === 0 && records.length > 0) throw new AuthError('OTP_EXPIRED')
    return live
  }

  /** The challenge of a guess: the code that the same requester has requested, otherwise the newest one. */
  select(codes: CandidateCodes, requester: Requester): FoundChallenge {
    const { targetId, destination, path, records, openerId, refusal } = codes
    const name = this.#hashes.requester(requester, openerId)
    const record = records.find((each) => each.requester === name) ?? records[0] ?? null
    return this.#toFound({ targetId, destination, path, record, refusal })
  }

  /**
   * The challenge of a link, which may have ended: the link was used, or replaced by a newer one. Throws
   * `TOKEN_INVALID` for a link that is foreign or expired.
   */
  async findByLink(token: string): Promise<FoundChallenge> {
    const [, targetId = '', nonce = '', mac = ''] = LINK_TOKEN.exec(token) ?? []
    if (!equalInConstantTime(this.#hashes.link(targetId, nonce), mac)) throw new AuthError('TOKEN_INVALID')
    const records = await this.#store.read(targetId)
    const current = records.find((each) => equalInConstantTime(each.nonce, nonce))
    const record = current ?? records.find(({ userId }) => userId !== null)
    if (!record?.userId || this.#deps.now() >= record.linkExpiresAt) throw new AuthError('TOKEN_INVALID')
    const refusal = current && !current.spent ? null : 'link-ended'
    return this.#toFound({ targetId, destination: targetId, path: 'link', record, refusal })
  }

  /**
   * Verifies the code and spends it: of concurrent callers with the correct code, one succeeds. Every guess
   * is counted before it is compared. Only the correct code shows that it was used before, because a decoy is
   * never used. Throws `OTP_INVALID`, `OTP_NOT_FOUND` or `RATE_LIMITED`.
   */
  async spend(challenge: FoundChallenge, code: string, requester: Requester): Promise<void> {
    const { targetId, destination, record, refusal } = challenge
    const remaining = await this.#countGuess(challenge, requester)
    const attemptsLeft = Math.max(0, remaining)
    if (refusal) throw new AuthError('OTP_NOT_FOUND', { reason: 'WRONG_PURPOSE', attemptsLeft })
    const expected = record?.codeHash ?? ''
    const isMatch = equalInConstantTime(this.#hashes.code(targetId, record?.nonce ?? '', code), expected)
    if (record?.spent && isMatch) throw new AuthError('OTP_NOT_FOUND', { reason: 'SPENT', attemptsLeft })
    if (remaining < 0 || !record?.userId || record.spent || !isMatch || !(await this.#markSpent(challenge)))
      throw new AuthError('OTP_INVALID', { attemptsLeft })
    await this.#deps.guard.succeeded(destination, requester)
  }

  /** Spends the code of a link: of concurrent callers, one succeeds. Throws `TOKEN_INVALID`. */
  async spendByLink(challenge: FoundChallenge): Promise<void> {
    if (challenge.refusal || !(await this.#markSpent(challenge))) throw new AuthError('TOKEN_INVALID')
  }

  /**
   * Makes a spent code valid again, after the operation that it was spent on has failed. The database still
   * refuses a second session with it.
   */
  async restore({ targetId, record }: FoundChallenge): Promise<void> {
    if (record) await this.#store.restore(targetId, record.nonce)
  }

  /**
   * The contact of the account that the code was sent to; null if the account no longer has it, or never had.
   */
  findContact({ targetId, record }: FoundChallenge, account: AccountContacts): Contact | null {
    if (!record) return null
    const { purpose, channel } = record
    const contact = findContact(account, channel)
    return contact && this.#hashes.target({ purpose, contact }) === targetId ? contact : null
  }

  /** The contact that the code was sent to, which no account needs to have; null if it is not stored. */
  readSealedContact({ targetId, record }: FoundChallenge): Contact | null {
    if (!record?.sealedAddress) return null
    const { channel, sealedAddress } = record
    const address = unseal(this.#deps.sealKey, sealedAddress, targetId)
    return address === null ? null : ({ channel, address } as Contact)
  }

  /** Whether an account has a valid code or link that was sent to a contact, for any purpose. */
  async hasLiveCode(contact: Contact): Promise<boolean> {
    const codes = await Promise.all(
      OTP_PURPOSES.map((purpose) => this.#store.read(this.#hashes.target({ purpose, contact }))),
    )
    const isLive = ({ userId, spent, expiresAt, linkExpiresAt }: OtpRecord) =>
      userId !== null && !spent && this.#deps.now() < Math.max(expiresAt, linkExpiresAt)
    return codes.flat().some(isLive)
  }

  #toFound(found: Omit<FoundChallenge, 'proof' | 'userId'>): FoundChallenge {
    const proof = this.#hashes.proof(found.targetId, found.record?.nonce ?? '')
    return { ...found, proof, userId: found.record?.userId ?? null }
  }

  /**
   * Returns the guesses left; when it is negative, the correct code is rejected on this path too. A known
   * device has guesses of its own, which strangers cannot use up.
   */
  async #countGuess(challenge: FoundChallenge, requester: Requester): Promise<number> {
    const { store, guard, lifetimeMs } = this.#deps
    const { targetId, destination, path, record } = challenge
    const guesser = requester.device === null ? '' : `:${this.#hashes.requester(requester, null)}`
    const key = `otp-guesses:${targetId}:${record?.nonce ?? 'none'}:${path}${guesser}`
    const { count } = await store.increment(key, lifetimeMs + OTP_RETENTION_MS)
    await guard.admitGuess({ destination, path, number: count }, requester)
    return GUESSES_PER_CODE - count
  }

  async #markSpent({ targetId, record }: FoundChallenge): Promise<boolean> {
    return record !== null && this.#store.markSpent(targetId, record.nonce)
  }

  #toLifetime(): Pick<OtpRecord, 'expiresAt' | 'linkExpiresAt'> {
    const [{ lifetimeMs, linkMs }, at] = [this.#deps, this.#deps.now()]
    return { expiresAt: at + lifetimeMs, linkExpiresAt: at + linkMs }
  }

  #sealAddress({ channel, address }: Contact, targetId: string): string | null {
    const { sealKey, random } = this.#deps
    return CHANNELS[channel].sealsAddress ? seal(sealKey, address, targetId, random) : null
  }
}
