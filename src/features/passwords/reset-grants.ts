import { z } from 'zod'
import { AuthError } from '../../core/errors.ts'
import { keyedHash, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { User } from '../../ports/users.ts'

/** What the grants need. */
export interface ResetGrantDependencies {
  readonly store: StateStore
  readonly random: Random
  readonly now: Clock
  /** The store holds a MAC of each token, never the token. */
  readonly hashKey: Buffer
}

/** A new grant. The token is shown once. */
export interface NewResetGrant {
  readonly resetToken: string
  /** Seconds. */
  readonly expiresIn: number
}

/** Leave to choose a new password, as the store keeps it. */
export interface ResetGrant {
  readonly userId: string
  /** The account's security stamp when the address was proven. */
  readonly securityStamp: number
  /** How it was proven. */
  readonly proves: 'EMAIL' | 'SMS'
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
  /** Unique to this grant: SQL refuses a second session with it. */
  readonly proof: string
  readonly key: string
  readonly text: string
}

/** Life of a grant: long enough to think of a password. */
export const RESET_GRANT_MS = 10 * 60_000
const TOKEN_BYTES = 32
const schema = z.object({
  userId: z.string(),
  securityStamp: z.number(),
  proves: z.enum(['EMAIL', 'SMS']),
  expiresAt: z.number(),
})

/** Leave to choose a new password, given to whoever has proven an address: 256 random bits, for one use, and no session. */
export class PasswordResetGrants {
  readonly #deps: ResetGrantDependencies

  constructor(deps: ResetGrantDependencies) {
    this.#deps = deps
  }

  /** A grant for the account as it stands. A change of its password or a sign-out everywhere ends it. */
  async issue({ id: userId, securityStamp }: User, proves: 'EMAIL' | 'SMS'): Promise<NewResetGrant> {
    const { store, random, now } = this.#deps
    const resetToken = random.bytes(TOKEN_BYTES).toString('base64url')
    const text = JSON.stringify({ userId, securityStamp, proves, expiresAt: now() + RESET_GRANT_MS })
    await store.set(this.#key(resetToken), text, RESET_GRANT_MS)
    return { resetToken, expiresIn: RESET_GRANT_MS / 1000 }
  }

  /** The grant that a token stands for; it is not spent. Throws `RESET_TOKEN_INVALID` for every token that stands for none. */
  async find(resetToken: string): Promise<ResetGrant> {
    const key = this.#key(resetToken)
    const [text] = await this.#deps.store.get([key])
    if (!text) throw new AuthError('RESET_TOKEN_INVALID')
    const grant = schema.parse(JSON.parse(text))
    if (this.#deps.now() >= grant.expiresAt) throw new AuthError('RESET_TOKEN_INVALID')
    return { ...grant, proof: keyedHash(this.#deps.hashKey, 'reset-proof', resetToken), key, text }
  }

  /** Spends the grant: of any number of callers one goes on. Throws `RESET_TOKEN_INVALID` for the others. */
  async spend({ key }: ResetGrant): Promise<void> {
    if ((await this.#deps.store.take(key)) === null) throw new AuthError('RESET_TOKEN_INVALID')
  }

  /**
   * Makes the grant good again, for when what it was spent on could not be done. Should it have been done after all, SQL refuses
   * it: the account's security stamp has risen.
   */
  async restore({ key, text, expiresAt }: ResetGrant): Promise<void> {
    const ttlMs = expiresAt - this.#deps.now()
    if (ttlMs > 0) await this.#deps.store.set(key, text, ttlMs, { ifAbsent: true })
  }

  #key(resetToken: string): string {
    return `reset-grant:${keyedHash(this.#deps.hashKey, 'reset-grant', resetToken)}`
  }
}
