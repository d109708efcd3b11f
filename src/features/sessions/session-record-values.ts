import { z } from 'zod'
import type { Session } from '../../ports/sessions.ts'

/** The facts of an active session that a request needs. */
export interface ActiveSession {
  readonly userId: string
  readonly roles: readonly string[]
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number
}

/** A record to be written. */
export interface WritableRecord {
  readonly text: string
  readonly ttlMs: number
}

/** The record of the end of a session. */
export const ENDED = 'ended'

const schema = z.object({ userId: z.string(), roles: z.array(z.string()), expiresAt: z.number() })

/** The session of a record; null if it has ended or expired. `now`: milliseconds since the Unix epoch. */
export function parseRecord(text: string, now: number): ActiveSession | null {
  if (text === ENDED) return null
  const record = schema.parse(JSON.parse(text))
  return record.expiresAt > now ? record : null
}

/** The record of an active session, which is kept for this time, in milliseconds. */
export function toRecord(
  { userId, expiresAt }: Pick<Session, 'userId' | 'expiresAt'>,
  roles: readonly string[],
  ttlMs: number,
): WritableRecord {
  return { text: JSON.stringify({ userId, roles, expiresAt: expiresAt.getTime() }), ttlMs }
}
