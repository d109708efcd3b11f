import { z } from 'zod'
import { CHANNEL_NAMES, type AccountContacts } from '../../core/channel.ts'
import { hashContact, matchContact, type HashedContact } from '../../core/contact-hash.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import { AuthError } from '../../core/errors.ts'
import { keyedHash, newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { GUESSES_PER_CHALLENGE } from '../limits/limits.ts'
import type { Proof, SessionCondition } from '../sessions/session-service.ts'

/** Dependencies of the challenges. */
export interface MfaChallengeDependencies {
  readonly store: StateStore
  readonly random: Random
  readonly now: Clock
  readonly hashKey: Buffer
}

/** The conditions of a session that the first step decides. */
export type SignInCondition = Omit<SessionCondition, 'secondFactor'>

/** A sign-in between its first and its second step. */
export interface PendingSignIn {
  readonly userId: string
  /** The security stamp of the first step. If it has risen, the pending sign-in has ended. */
  readonly securityStamp: number
  readonly proof: Proof & { readonly proofHash: string }
  /** The contact that the first step has verified; null for a password. */
  readonly contact: HashedContact | null
  readonly dropsPassword: boolean
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** A new challenge. */
export interface NewMfaChallenge {
  readonly challengeId: string
  /** Seconds. */
  readonly expiresIn: number
}

/** Maximum time between the two steps, in milliseconds. */
const LIFETIME_MS = 5 * MINUTE_MS

/** The stored form. Nodes of earlier versions read it too, so its property names must not change. */
const storedSignIn = z.object({
  userId: z.string(),
  generation: z.number(),
  proof: z.object({ methods: z.array(z.string()), startedBy: z.string() }),
  condition: z.object({
    proves: z.enum(CHANNEL_NAMES).nullable(),
    dropsPassword: z.boolean(),
    // Absent in challenges of earlier versions.
    contact: z.string().nullable().default(null),
  }),
  expiresAt: z.number(),
})

/**
 * Pending sign-ins in the state store, under a keyed hash of an id of 144 random bits. Each starts one
 * session at most, even if the state store fails, because the database stores its proof as unique.
 */
export class MfaChallenges {
  readonly #deps: MfaChallengeDependencies

  constructor(deps: MfaChallengeDependencies) {
    this.#deps = deps
  }

  /** Opens a challenge. The pending sign-in can be found by its id only. */
  async open(
    userId: string,
    { methods, proofHash }: Proof,
    { securityStamp, contact, dropsPassword }: SignInCondition,
  ): Promise<NewMfaChallenge> {
    const { store, random, now, hashKey } = this.#deps
    const challengeId = newId(random)
    const stored: z.output<typeof storedSignIn> = {
      userId,
      generation: securityStamp,
      proof: { methods: [...methods], startedBy: proofHash ?? this.#hash('proof', challengeId) },
      condition: {
        proves: contact && contact.channel,
        dropsPassword,
        contact: contact && hashContact(hashKey, contact),
      },
      expiresAt: now() + LIFETIME_MS,
    }
    await store.set(this.#toKey(challengeId), JSON.stringify(stored), LIFETIME_MS)
    return { challengeId, expiresIn: LIFETIME_MS / 1000 }
  }

  /** The pending sign-in of a challenge; null when there is none or it has expired. */
  async find(challengeId: string): Promise<PendingSignIn | null> {
    const [text] = await this.#deps.store.get([this.#toKey(challengeId)])
    const stored = text ? storedSignIn.parse(JSON.parse(text)) : null
    if (!stored || this.#deps.now() >= stored.expiresAt) return null
    const { userId, generation, proof, condition, expiresAt } = stored
    const { proves, dropsPassword, contact: hash } = condition
    return {
      userId,
      securityStamp: generation,
      proof: { methods: proof.methods, proofHash: proof.startedBy },
      contact: proves && { channel: proves, hash },
      dropsPassword,
      expiresAt,
    }
  }

  /** The condition of the session, if the account still has the contact of the first step; otherwise null. */
  toCondition(pending: PendingSignIn, account: AccountContacts): SignInCondition | null {
    const { securityStamp, dropsPassword } = pending
    if (!pending.contact) return { securityStamp, dropsPassword, contact: null }
    const contact = matchContact(this.#deps.hashKey, pending.contact, account)
    return contact && { securityStamp, dropsPassword, contact }
  }

  /**
   * Counts a guess before it is compared and returns how many are left. Throws `MFA_INVALID` when none was
   * left.
   */
  async countGuess(challengeId: string): Promise<number> {
    const key = `mfa-guesses:${this.#hash('guesses', challengeId)}`
    const { count } = await this.#deps.store.increment(key, 2 * LIFETIME_MS)
    if (count > GUESSES_PER_CHALLENGE) throw new AuthError('MFA_INVALID', { attemptsLeft: 0 })
    return GUESSES_PER_CHALLENGE - count
  }

  /** Removes a challenge whose session has started. */
  async close(challengeId: string): Promise<void> {
    await this.#deps.store.delete([this.#toKey(challengeId)])
  }

  #toKey(challengeId: string): string {
    return `mfa:${this.#hash('challenge', challengeId)}`
  }

  #hash(purpose: string, challengeId: string): string {
    return keyedHash(this.#deps.hashKey, `mfa-${purpose}`, challengeId)
  }
}
