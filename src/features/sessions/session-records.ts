import type { User } from '../../core/account.ts'
import { isApiKeyId } from '../../core/api-key-secrets.ts'
import type { CallerGenerations } from '../../core/caller.ts'
import { AuthError, isRefusal, unavailable } from '../../core/errors.ts'
import type { ApiKeys } from '../../ports/api-keys.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { SessionReader, SessionState } from '../../ports/session-reader.ts'
import type { Session, Sessions } from '../../ports/sessions.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { RevocationTimes } from '../../ports/users.ts'
import type { AccountReader } from '../caching/account-reader.ts'
import { POSTS_GENERATION, type Generations } from '../caching/generations.ts'
import { toBlacklistKey, toRecordKey } from './session-record-keys.ts'
import {
  ENDED,
  createRecordParser,
  toRecord,
  type ActiveSession,
  type WritableRecord,
} from './session-record-values.ts'
import { hasEnded, isActive } from './session-status.ts'

/** Dependencies of the session records. */
export interface SessionRecordDependencies {
  readonly store: StateStore
  /** Reads the records of `store` for requests; may be late by what `SessionReader` states. */
  readonly reader: SessionReader
  readonly sessions: Sessions
  readonly apiKeys: Pick<ApiKeys, 'findStatus'>
  readonly accounts: AccountReader
  readonly generations: Generations
  readonly pubSub: PubSub
  readonly now: Clock
  /**
   * How long the end of a session is recorded, in milliseconds: longer than any of its access tokens is
   * valid.
   */
  readonly endedTtlMs: number
  /**
   * Lifetime of the record of an active session, in milliseconds, after which the database is read again.
   * Changes that the gateway makes take effect at the next request, and so does an account that is deleted or
   * suspended in the database; this bounds the delay of other changes made there.
   */
  readonly recordTtlMs: number
}

/** An active session with what was read beside it. */
export interface FoundSession extends ActiveSession {
  readonly account: User
  readonly generations: CallerGenerations
}

/** The record of a session at some time. */
export interface RecordSnapshot {
  /** Null: there was none. */
  readonly text: string | null
  /** Whether it was the record of an end. */
  readonly hasEnded: boolean
}

/** The snapshot of a session that has just started. */
export const NO_RECORD: RecordSnapshot = { text: null, hasEnded: false }

/** Attempts to write a record that others write, too. More of them say that the key is not a record. */
const MAX_ATTEMPTS = 10

/**
 * Session records in the state store. They are positive: without a record the database is read, and the
 * record of an active session is written only if there is still none. The end of a session overwrites any
 * record and is kept longer than any of its tokens is valid, so a late write cannot make an ended session
 * active again.
 * API keys have such records too: the id of a key takes the place of the id of a session.
 */
export class SessionRecords {
  readonly #deps: SessionRecordDependencies
  readonly #parseRecord = createRecordParser()

  constructor(deps: SessionRecordDependencies) {
    this.#deps = deps
  }

  /**
   * The session, if it is active, the token is not blacklisted and the account of the token is active: at
   * most one round trip to the state store beside one look-up of the account. The session is read from the
   * database only without a record.
   */
  async find(sessionId: string, tokenId: string, userId: string): Promise<FoundSession | null> {
    const { reader, accounts } = this.#deps
    const state = reader.read({
      session: [toRecordKey(sessionId), toBlacklistKey(sessionId, tokenId)],
      account: accounts.listKeys(userId),
      others: [POSTS_GENERATION],
    })
    const [{ session: found, others }, account] = await Promise.all([
      state,
      accounts.find(userId, async () => (await state).account()),
    ])
    const [record, blacklisted] = found
    if (blacklisted) return null
    if (account?.status === 'ACTIVE') {
      const session = record ? this.#parse(record) : await this.#load(sessionId)
      return session && { account, generations: this.#toGenerations(others), ...session }
    }
    // The account was deleted or is not active, also by a statement of an operator that no record knows of.
    // Only a session of this account: a token must not end the session of another one.
    if (record && this.#parse(record)?.userId === userId) await this.end([sessionId])
    return null
  }

  /**
   * Whether the end of the session is recorded; the database is not read. Rejects when the state store fails.
   */
  async hasEnded(sessionId: string): Promise<boolean> {
    return (await this.snapshot(sessionId)).hasEnded
  }

  /**
   * The record of a session before the database is changed, for `prime`. Rejects when the state store fails.
   */
  async snapshot(sessionId: string): Promise<RecordSnapshot> {
    const [text = null] = await this.#deps.store.get([toRecordKey(sessionId)])
    return { text, hasEnded: text === ENDED }
  }

  /**
   * Writes the record of a session that the database has just returned as active, so that the first request
   * with its token reads no session there. `before`: the record before the change of the session, which is
   * replaced only if the session would expire by it while it is valid. Never overwrites the end. A failure is
   * ignored: without a record, a request reads the database.
   */
  async prime(session: Session, roles: readonly string[], before: RecordSnapshot): Promise<void> {
    const { store, now, recordTtlMs } = this.#deps
    const key = toRecordKey(session.id)
    const { text, ttlMs } = toRecord(session, roles, recordTtlMs)
    if (before.hasEnded) return
    try {
      if (before.text === null) await store.set(key, text, ttlMs, { ifAbsent: true })
      else if ((this.#parse(before.text)?.expiresAt ?? 0) < now() + ttlMs)
        await store.compareAndSet(key, before.text, text, ttlMs)
    } catch (error) {
      if (!(error instanceof AuthError)) throw error
    }
  }

  /** The times of a revocation that happens now: its earlier ends are those that a record must still tell. */
  createRevocationTimes(): RevocationTimes {
    const { now, endedTtlMs } = this.#deps
    const at = now()
    return { now: new Date(at), endedSince: new Date(at - endedTtlMs) }
  }

  /** Records the end of sessions and invalidates what their watchers have read. */
  async end(sessionIds: readonly string[]): Promise<void> {
    const { store, pubSub, endedTtlMs } = this.#deps
    await Promise.all(sessionIds.map((id) => store.set(toRecordKey(id), ENDED, endedTtlMs)))
    pubSub.send(sessionIds)
  }

  /** Rejects one access token by its `jti`, in addition to the record of its session. */
  async blacklist(sessionId: string, tokenId: string): Promise<void> {
    await this.#deps.store.set(toBlacklistKey(sessionId, tokenId), '1', this.#deps.endedTtlMs)
  }

  /** Rewrites the records of active sessions after their account has changed; never overwrites an end. */
  async renew(sessionIds: readonly string[]): Promise<void> {
    await Promise.all(sessionIds.map((id) => this.#renew(id)))
  }

  #toGenerations(others: SessionState['others']): CallerGenerations {
    const { generations } = this.#deps
    const read = async () => generations.parse(POSTS_GENERATION, (await others())[0] ?? null)
    return {
      posts: () =>
        read().catch((error: unknown) => {
          // Without the state store nothing proves that a cached value is current.
          if (isRefusal(error, 'SERVICE_UNAVAILABLE')) return null
          throw error
        }),
    }
  }

  /** `attempts`: left, in case that the record expires between the two steps. */
  async #load(sessionId: string, attempts = MAX_ATTEMPTS): Promise<ActiveSession | null> {
    const { store } = this.#deps
    const fresh = await this.#readDatabase(sessionId)
    if (!fresh) return null
    const { text, ttlMs } = fresh
    try {
      if (await store.set(toRecordKey(sessionId), text, ttlMs, { ifAbsent: true })) return this.#parse(text)
    } catch (error) {
      // The database has returned the session: without a record, the next request reads the database again.
      if (error instanceof AuthError) return this.#parse(text)
      throw error
    }
    const [current] = await store.get([toRecordKey(sessionId)])
    if (current) return this.#parse(current)
    // The record that was there has just expired, or its key holds what no read returns.
    if (attempts <= 1) throw unreadable()
    return this.#load(sessionId, attempts - 1)
  }

  async #renew(sessionId: string): Promise<void> {
    const { store } = this.#deps
    const key = toRecordKey(sessionId)
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
      const fresh = await this.#readDatabase(sessionId)
      if (!fresh) return
      const { text, ttlMs } = fresh
      if (await store.set(key, text, ttlMs, { ifAbsent: true })) return
      const [current] = await store.get([key])
      if (current === ENDED) return
      if (current && (await store.compareAndSet(key, current, text, ttlMs))) return
    }
    throw unreadable()
  }

  /** The record of a session in the database; null when the session has expired by the clock of this node. */
  async #readDatabase(sessionId: string): Promise<WritableRecord | null> {
    const { sessions, apiKeys, now, endedTtlMs, recordTtlMs } = this.#deps
    const status = isApiKeyId(sessionId)
      ? await apiKeys.findStatus(sessionId)
      : await sessions.find(sessionId)
    if (!status || hasEnded(status)) return { text: ENDED, ttlMs: endedTtlMs }
    if (!isActive(status, now())) return null
    return toRecord(status.session, status.roles, recordTtlMs)
  }

  #parse(text: string): ActiveSession | null {
    return this.#parseRecord(text, this.#deps.now())
  }
}

function unreadable(): AuthError {
  return unavailable(new Error('the record of the session is neither absent nor readable'))
}
