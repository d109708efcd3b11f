import { z } from 'zod'
import { CHANNEL_NAMES, type AccountContacts, type Contact } from '../../core/channel.ts'
import { hashContact, matchContact, type HashedContact } from '../../core/contact-hash.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import { AuthError } from '../../core/errors.ts'
import { keyedHash, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { StateStore } from '../../ports/state-store.ts'

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

/** What a grant is issued for. */
export interface GrantedReset {
  readonly userId: string
  /** The security stamp of the account when the code was sent. */
  readonly securityStamp: number
  /** The contact that was verified. */
  readonly contact: Contact
}

/** A grant to set a new password, as it is stored. */
export interface ResetGrant {
  readonly userId: string
  readonly securityStamp: number
  readonly contact: HashedContact
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
  // Absent in grants of earlier versions.
  contact: z.string().nullable().default(null),
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

  /** Issues a grant. It is valid until the security stamp rises, and while the account has the contact. */
  async issue({ userId, securityStamp, contact }: GrantedReset): Promise<NewResetGrant> {
    const { store, random, now, hashKey } = this.#deps
    const resetToken = random.bytes(TOKEN_BYTES).toString('base64url')
    const stored: z.output<typeof storedGrant> = {
      userId,
      generation: securityStamp,
      proves: contact.channel,
      expiresAt: now() + RESET_GRANT_MS,
      contact: hashContact(hashKey, contact),
    }
    await store.set(this.#toKey(resetToken), JSON.stringify(stored), RESET_GRANT_MS)
    return { resetToken, expiresIn: RESET_GRANT_MS / 1000 }
  }

  /** The grant of a token, which is not spent. Throws `RESET_TOKEN_INVALID`. */
  async find(resetToken: string): Promise<ResetGrant> {
    const key = this.#toKey(resetToken)
    const [text] = await this.#deps.store.get([key])
    if (!text) throw new AuthError('RESET_TOKEN_INVALID')
    const stored = storedGrant.parse(JSON.parse(text))
    const { userId, generation, proves, contact: hash, expiresAt } = stored
    if (this.#deps.now() >= expiresAt) throw new AuthError('RESET_TOKEN_INVALID')
    const proof = keyedHash(this.#deps.hashKey, 'reset-proof', resetToken)
    const contact = { channel: proves, hash }
    return { userId, securityStamp: generation, contact, expiresAt, proof, key, text }
  }

  /** The contact of the grant, if the account still has it; otherwise null. */
  matchContact({ contact }: ResetGrant, account: AccountContacts): Contact | null {
    return matchContact(this.#deps.hashKey, contact, account)
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
