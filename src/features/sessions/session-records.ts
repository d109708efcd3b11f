import { z } from 'zod'
import { AuthError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { SessionStatus, Sessions } from '../../ports/sessions.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** What the session records need. */
export interface SessionRecordDependencies {
  readonly store: StateStore
  readonly sessions: Sessions
  readonly pubSub: PubSub
  readonly now: Clock
  /** Life of an access token together with every leeway: how long the end of a session must be remembered. */
  readonly endedTtlMs: number
}

/** What a request may rely on while its session lives. */
export interface LivingSession {
  readonly userId: string
  readonly roles: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/**
 * How long a record is believed before SQL is asked again. Ends and changes of role that go through the gateway are seen by
 * the next request; this bounds what is changed behind its back.
 */
export const RECORD_TTL_MS = 60_000

const ENDED = 'ended'
const living = z.object({ userId: z.string(), roles: z.array(z.string()), expiresAt: z.number() })

/**
 * Session records in the state store. They are positive: a missing record sends the question to SQL, and what SQL says lives
 * is written back only where nothing stands. The end of a session is written over whatever stands and outlives every token
 * of it, so no late write-back can bring a session back.
 */
export class SessionRecords {
  readonly #deps: SessionRecordDependencies

  constructor(deps: SessionRecordDependencies) {
    this.#deps = deps
  }

  /** The session, if it lives and the token is not blacklisted: one round trip, and SQL only when the record is missing. */
  async find(sessionId: string, tokenId: string): Promise<LivingSession | null> {
    const [record, blacklisted] = await this.#deps.store.get([
      recordKey(sessionId),
      blacklistKey(sessionId, tokenId),
    ])
    if (blacklisted) return null
    return record ? this.#read(record) : this.#ask(sessionId)
  }

  /** Whether the session is known to have ended, without asking SQL. Rejects when the store cannot say. */
  async hasEnded(sessionId: string): Promise<boolean> {
    const [record] = await this.#deps.store.get([recordKey(sessionId)])
    return record === ENDED
  }

  /** Remembers that sessions have ended, and has those look who watch them. */
  async end(sessionIds: readonly string[]): Promise<void> {
    const { store, pubSub, endedTtlMs } = this.#deps
    await Promise.all(sessionIds.map((id) => store.set(recordKey(id), ENDED, endedTtlMs)))
    pubSub.send(sessionIds)
  }

  /** The second lock: refuses one access token by its `jti`, never by its text. */
  async blacklist(sessionId: string, tokenId: string): Promise<void> {
    await this.#deps.store.set(blacklistKey(sessionId, tokenId), '1', this.#deps.endedTtlMs)
  }

  /** Rewrites the records of living sessions from SQL after their account changed; never over an end. */
  async renew(sessionIds: readonly string[]): Promise<void> {
    await Promise.all(sessionIds.map((id) => this.#renew(id)))
  }

  async #ask(sessionId: string): Promise<LivingSession | null> {
    const { store } = this.#deps
    const fresh = await this.#fromSql(sessionId)
    if (!fresh) return null
    const { text, ttlMs } = fresh
    try {
      if (await store.set(recordKey(sessionId), text, ttlMs, { ifAbsent: true })) return this.#read(text)
    } catch (error) {
      // SQL has answered for this request already; a store that cannot write just now only loses the shortcut for the next.
      if (error instanceof AuthError) return this.#read(text)
      throw error
    }
    const [standing] = await store.get([recordKey(sessionId)])
    return standing ? this.#read(standing) : null
  }

  async #renew(sessionId: string): Promise<void> {
    const { store } = this.#deps
    const key = recordKey(sessionId)
    for (;;) {
      const fresh = await this.#fromSql(sessionId)
      if (!fresh) return
      const { text, ttlMs } = fresh
      if (await store.set(key, text, ttlMs, { ifAbsent: true })) return
      const [standing] = await store.get([key])
      if (standing === ENDED) return
      if (standing && (await store.compareAndSet(key, standing, text, ttlMs))) return
    }
  }

  /** What SQL says of the session, as a record; null where its time is over, which each node judges by its own clock. */
  async #fromSql(sessionId: string): Promise<{ text: string; ttlMs: number } | null> {
    const { sessions, now, endedTtlMs } = this.#deps
    const standing = await sessions.find(sessionId)
    if (!standing || isOver(standing)) return { text: ENDED, ttlMs: endedTtlMs }
    if (!isLiving(standing, now())) return null
    const { session, roles } = standing
    const text = JSON.stringify({ userId: session.userId, roles, expiresAt: session.expiresAt.getTime() })
    return { text, ttlMs: RECORD_TTL_MS }
  }

  #read(text: string): LivingSession | null {
    if (text === ENDED) return null
    const record = living.parse(JSON.parse(text))
    return record.expiresAt > this.#deps.now() ? record : null
  }
}

/** Whether a session may still be used: not ended, its time not over, and its account active. */
export function isLiving(standing: SessionStatus, now: number): boolean {
  return !isOver(standing) && standing.session.expiresAt.getTime() > now
}

/** Whether a session is over for good, whatever the time: a clock that is wrong must end nothing for the other nodes. */
export function isOver({ session, userStatus }: SessionStatus): boolean {
  return session.revokedAt !== null || userStatus !== 'ACTIVE'
}

// One hash tag, so that both keys of one look-up lie in one slot of a Redis Cluster.
function recordKey(sessionId: string): string {
  return `session:{${sessionId}}`
}

function blacklistKey(sessionId: string, tokenId: string): string {
  return `blacklist:{${sessionId}}:${tokenId}`
}
