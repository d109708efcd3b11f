import { z } from 'zod'
import { keepResults } from '../../core/kept-results.ts'
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
export type ParseRecord = (text: string, now: number) => ActiveSession | null

/** Most records whose session is kept; some hundred bytes each. */
const MAX_RECORDS = 10_000

/** Reads records. A session is kept by the text of its record: another record is another text. */
export function createRecordParser(): ParseRecord {
  const parse = keepResults(MAX_RECORDS, (text) => schema.parse(JSON.parse(text)))
  return (text, now) => {
    if (text === ENDED) return null
    const record = parse(text)
    return record.expiresAt > now ? record : null
  }
}

/** The record of an active session, which is kept for this time, in milliseconds. */
export function toRecord(
  { userId, expiresAt }: Pick<Session, 'userId' | 'expiresAt'>,
  roles: readonly string[],
  ttlMs: number,
): WritableRecord {
  return { text: JSON.stringify({ userId, roles, expiresAt: expiresAt.getTime() }), ttlMs }
}
