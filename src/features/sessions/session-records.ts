import { z } from 'zod'
import { MINUTE_MS } from '../../core/duration.ts'
import { AuthError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { SessionStatus, Sessions } from '../../ports/sessions.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** Dependencies of the session records. */
export interface SessionRecordDependencies {
  readonly store: StateStore
  readonly sessions: Sessions
  readonly pubSub: PubSub
  readonly now: Clock
  /**
   * How long the end of a session is recorded, in milliseconds: longer than any of its access tokens is
   * valid.
   */
  readonly endedTtlMs: number
}

/** The facts of an active session that a request needs. */
export interface ActiveSession {
  readonly userId: string
  readonly roles: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** A record to be written. */
interface WritableRecord {
  readonly text: string
  readonly ttlMs: number
}

/**
 * Lifetime of a record, after which the database is read again. Changes that the gateway makes take effect at
 * the next request; this bounds the delay of changes made in the database by other means.
 */
export const RECORD_TTL_MS = MINUTE_MS

const ENDED = 'ended'
const schema = z.object({ userId: z.string(), roles: z.array(z.string()), expiresAt: z.number() })

/**
 * Session records in the state store. They are positive: without a record the database is read, and the
 * record of an active session is written only if there is still none. The end of a session overwrites any
 * record and is kept longer than any of its tokens is valid, so a late write cannot make an ended session
 * active again.
 */
export class SessionRecords {
  readonly #deps: SessionRecordDependencies

  constructor(deps: SessionRecordDependencies) {
    this.#deps = deps
  }

  /**
   * The session, if it is active and the token is not blacklisted: one round trip, and a read of the database
   * only without a record.
   */
  async find(sessionId: string, tokenId: string): Promise<ActiveSession | null> {
    const keys = [toRecordKey(sessionId), toBlacklistKey(sessionId, tokenId)]
    const [record, blacklisted] = await this.#deps.store.get(keys)
    if (blacklisted) return null
    return record ? this.#parse(record) : this.#load(sessionId)
  }

  /**
   * Whether the end of the session is recorded; the database is not read. Rejects when the state store fails.
   */
  async hasEnded(sessionId: string): Promise<boolean> {
    const [record] = await this.#deps.store.get([toRecordKey(sessionId)])
    return record === ENDED
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

  async #load(sessionId: string): Promise<ActiveSession | null> {
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
    return current ? this.#parse(current) : null
  }

  async #renew(sessionId: string): Promise<void> {
    const { store } = this.#deps
    const key = toRecordKey(sessionId)
    for (;;) {
      const fresh = await this.#readDatabase(sessionId)
      if (!fresh) return
      const { text, ttlMs } = fresh
      if (await store.set(key, text, ttlMs, { ifAbsent: true })) return
      const [current] = await store.get([key])
      if (current === ENDED) return
      if (current && (await store.compareAndSet(key, current, text, ttlMs))) return
    }
  }

  /** The record of a session in the database; null when the session has expired by the clock of this node. */
  async #readDatabase(sessionId: string): Promise<WritableRecord | null> {
    const { sessions, now, endedTtlMs } = this.#deps
    const status = await sessions.find(sessionId)
    if (!status || hasEnded(status)) return { text: ENDED, ttlMs: endedTtlMs }
    if (!isActive(status, now())) return null
    const { session, roles } = status
    const text = JSON.stringify({ userId: session.userId, roles, expiresAt: session.expiresAt.getTime() })
    return { text, ttlMs: RECORD_TTL_MS }
  }

  #parse(text: string): ActiveSession | null {
    if (text === ENDED) return null
    const record = schema.parse(JSON.parse(text))
    return record.expiresAt > this.#deps.now() ? record : null
  }
}

/** Whether a session is active: it has neither ended nor expired. */
export function isActive(status: SessionStatus, now: number): boolean {
  return !hasEnded(status) && status.session.expiresAt.getTime() > now
}

/**
 * Whether a session was revoked or its account is not active. Expiry is not considered: a node with a wrong
 * clock must not record the end of a session for other nodes.
 */
export function hasEnded({ session, userStatus }: SessionStatus): boolean {
  return session.revokedAt !== null || userStatus !== 'ACTIVE'
}

// One hash tag, so that the two keys of a lookup are in one slot of a cluster.
function toRecordKey(sessionId: string): string {
  return `session:{${sessionId}}`
}

function toBlacklistKey(sessionId: string, tokenId: string): string {
  return `blacklist:{${sessionId}}:${tokenId}`
}
