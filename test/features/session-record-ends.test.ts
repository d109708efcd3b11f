import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { createUntrackedSessionReader } from '../../src/adapters/state-store/untracked-session-reader.ts'
import { MINUTE_MS } from '../../src/core/duration.ts'
import { NO_RECORD, SessionRecords } from '../../src/features/sessions/session-records.ts'
import type { Session } from '../../src/ports/sessions.ts'

const SESSION = { id: 'a', userId: 'u', expiresAt: new Date(MINUTE_MS * 60) } as Session

/** Records whose database must not be read. */
function createRecords(): SessionRecords {
  const store = createMemoryStore({ now: () => 0 })
  const unused = {} as never
  return new SessionRecords({
    ...{ store, reader: createUntrackedSessionReader(store), now: () => 0 },
    ...{ sessions: unused, apiKeys: unused, accounts: unused, generations: unused },
    pubSub: {
      pollIntervalMs: 0,
      send: () => undefined,
      listen: () => () => undefined,
      close: async () => {},
    },
    ...{ endedTtlMs: 20 * MINUTE_MS, recordTtlMs: MINUTE_MS },
  })
}

describe('the record of a session that has ended', () => {
  it.each([
    ['before any record was read', () => Promise.resolve(NO_RECORD)],
    ['after the record of an active session was read', (records: SessionRecords) => records.snapshot('a')],
  ])('is not overwritten by a refresh that it overtook, %s (SR-225)', async (_when, read) => {
    const records = createRecords()
    await records.prime(SESSION, ['USER'], NO_RECORD)
    const before = await read(records)
    await records.end(['a'])
    await records.prime({ ...SESSION, expiresAt: new Date(MINUTE_MS * 120) }, ['USER'], before)
    expect(await records.hasEnded('a')).toBe(true)
  })

  it('is not overwritten by a refresh that read the end itself (SR-225)', async () => {
    const records = createRecords()
    await records.end(['a'])
    await records.prime(SESSION, ['USER'], await records.snapshot('a'))
    expect(await records.hasEnded('a')).toBe(true)
  })
})
