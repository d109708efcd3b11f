import { z } from 'zod'
import { CHANNEL_NAMES, type Channel } from '../../core/channel.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import { AuthError } from '../../core/errors.ts'
import { keyedHash, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { User } from '../../ports/users.ts'

/** Dependencies of the reset grants. */
export interface ResetGrantDependencies {
  readonly store: StateStore
  readonly random: Random
  readonly now: Clock
  /** The state store holds a MAC of each token, never the token. */
  readonly hashKey: Buffer
}

/** A new grant. The token is returned once. */
export interface NewResetGrant {
  readonly resetToken: string
  /** Seconds. */
  readonly expiresIn: number
}

/** A grant to set a new password, as it is stored. */
export interface ResetGrant {
  readonly userId: string
  /** The security stamp of the account when the contact was verified. */
  readonly securityStamp: number
  /** The channel whose contact was verified. */
  readonly proves: Channel
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** Unique to the grant, so that the database refuses a second session with it. */
  readonly proof: string
  readonly key: string
  readonly text: string
}

/** Lifetime of a grant, in milliseconds: long enough to choose a password. */
export const RESET_GRANT_MS = 10 * MINUTE_MS
const TOKEN_BYTES = 32
/** The stored form. Nodes of earlier versions read it too, so its property names must not change. */
const storedGrant = z.object({
  userId: z.string(),
  generation: z.number(),
  proves: z.enum(CHANNEL_NAMES),
  expiresAt: z.number(),
})

/**
 * Grants to set a new password, for callers who have verified a contact: 256 random bits, for one use,
 * without a session.
 */
export class PasswordResetGrants {
  readonly #deps: ResetGrantDependencies

  constructor(deps: ResetGrantDependencies) {
    this.#deps = deps
  }

  /** Issues a grant. A change of the password or a sign-out everywhere makes it invalid. */
  async issue({ id: userId, securityStamp }: User, proves: Channel): Promise<NewResetGrant> {
    const { store, random, now } = this.#deps
    const resetToken = random.bytes(TOKEN_BYTES).toString('base64url')
    const stored: z.output<typeof storedGrant> = {
      userId,
      generation: securityStamp,
      proves,
      expiresAt: now() + RESET_GRANT_MS,
    }
    await store.set(this.#toKey(resetToken), JSON.stringify(stored), RESET_GRANT_MS)
    return { resetToken, expiresIn: RESET_GRANT_MS / 1000 }
  }

  /** The grant of a token, which is not spent. Throws `RESET_TOKEN_INVALID`. */
  async find(resetToken: string): Promise<ResetGrant> {
    const key = this.#toKey(resetToken)
    const [text] = await this.#deps.store.get([key])
    if (!text) throw new AuthError('RESET_TOKEN_INVALID')
    const { generation, ...grant } = storedGrant.parse(JSON.parse(text))
    if (this.#deps.now() >= grant.expiresAt) throw new AuthError('RESET_TOKEN_INVALID')
    const proof = keyedHash(this.#deps.hashKey, 'reset-proof', resetToken)
    return { ...grant, securityStamp: generation, proof, key, text }
  }

  /** Spends the grant: of concurrent callers one succeeds. Throws `RESET_TOKEN_INVALID` for the others. */
  async spend({ key }: ResetGrant): Promise<void> {
    if ((await this.#deps.store.take(key)) === null) throw new AuthError('RESET_TOKEN_INVALID')
  }

  /**
   * Makes a spent grant valid again, after the reset has failed. If the reset took effect after all, the
   * database refuses the grant, because the security stamp of the account has been raised.
   */
  async restore({ key, text, expiresAt }: ResetGrant): Promise<void> {
    const ttlMs = expiresAt - this.#deps.now()
    if (ttlMs > 0) await this.#deps.store.set(key, text, ttlMs, { ifAbsent: true })
  }

  #toKey(resetToken: string): string {
    return `reset-grant:${keyedHash(this.#deps.hashKey, 'reset-grant', resetToken)}`
  }
}
