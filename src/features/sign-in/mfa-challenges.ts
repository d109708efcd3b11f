import { z } from 'zod'
import { AuthError } from '../../core/errors.ts'
import { keyedHash, newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StartCondition } from '../../ports/sessions.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { User } from '../../ports/users.ts'
import { GUESSES_PER_CHALLENGE } from '../limits/limits.ts'
import type { Proof } from '../sessions/session-service.ts'

/** What challenges need. */
export interface MfaChallengeDependencies {
  readonly store: StateStore
  readonly random: Random
  readonly now: Clock
  readonly hashKey: Buffer
}

/** What a first step settles beside who the person is. */
export type SignInCondition = Omit<StartCondition, 'securityStamp' | 'maxSessions' | 'secondFactor'>

/** A sign-in that waits for its second step: what the first one has shown, and what it owes. */
export interface WaitingSignIn {
  readonly userId: string
  /** Of the account at the first step: a sign-out everywhere since then ends the waiting. */
  readonly securityStamp: number
  readonly proof: Proof & { readonly proofHash: string }
  readonly condition: SignInCondition
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** How long the second step may take. */
const LIFETIME_MS = 5 * 60_000

const schema = z.object({
  userId: z.string(),
  securityStamp: z.number(),
  proof: z.object({ methods: z.array(z.string()), proofHash: z.string() }),
  condition: z.object({ proves: z.enum(['EMAIL', 'SMS']).nullable(), dropsPassword: z.boolean() }),
  expiresAt: z.number(),
})

/**
 * Sign-ins between their two steps, in the state store under a keyed hash of an id of 144 random bits. Each starts one session
 * at most, whatever becomes of the store: the proof that SQL keeps of it is unique.
 */
export class MfaChallenges {
  readonly #deps: MfaChallengeDependencies

  constructor(deps: MfaChallengeDependencies) {
    this.#deps = deps
  }

  /** Opens a challenge. Its id is the only way to it. */
  async open(
    { id: userId, securityStamp }: User,
    { methods, proofHash }: Proof,
    condition: SignInCondition,
  ): Promise<{ readonly challengeId: string; /** Seconds. */ readonly expiresIn: number }> {
    const { store, random, now } = this.#deps
    const challengeId = newId(random)
    const proof = { methods, proofHash: proofHash ?? this.#hash('proof', challengeId) }
    const waiting: WaitingSignIn = { userId, securityStamp, proof, condition, expiresAt: now() + LIFETIME_MS }
    await store.set(this.#key(challengeId), JSON.stringify(waiting), LIFETIME_MS)
    return { challengeId, expiresIn: LIFETIME_MS / 1000 }
  }

  /** What waits under an id; null for none and for one whose time is over. */
  async find(challengeId: string): Promise<WaitingSignIn | null> {
    const [text] = await this.#deps.store.get([this.#key(challengeId)])
    const waiting = text ? schema.parse(JSON.parse(text)) : null
    return waiting && this.#deps.now() < waiting.expiresAt ? waiting : null
  }

  /** Counts a guess before it is compared; how many are left. Past the last, `MFA_INVALID`: the challenge is dead. */
  async countGuess(challengeId: string): Promise<number> {
    const key = `mfa-guesses:${this.#hash('guesses', challengeId)}`
    const { count } = await this.#deps.store.increment(key, 2 * LIFETIME_MS)
    if (count > GUESSES_PER_CHALLENGE) throw new AuthError('MFA_INVALID', { attemptsLeft: 0 })
    return GUESSES_PER_CHALLENGE - count
  }

  /** Forgets a challenge that has led to its session. */
  async close(challengeId: string): Promise<void> {
    await this.#deps.store.delete([this.#key(challengeId)])
  }

  #key(challengeId: string): string {
    return `mfa:${this.#hash('challenge', challengeId)}`
  }

  #hash(purpose: string, challengeId: string): string {
    return keyedHash(this.#deps.hashKey, `mfa-${purpose}`, challengeId)
  }
}
