import { afterEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/database/open-database.ts'
import { createAuditEvents } from '../../src/adapters/database/audit-events.ts'
import { unavailable } from '../../src/core/errors.ts'
import { AuditTrail, type AuditTrailDependencies } from '../../src/features/audit/audit-trail.ts'
import { createLog } from '../../src/http/log.ts'
import type { AuditEvent, AuditEvents } from '../../src/ports/audit-events.ts'
import { EXTREMES, describeOn, freshDatabase, removeFolder, temporaryFolder } from '../support/backends.ts'
import { eventually } from '../support/servers/processes.ts'
import { systemRandom } from '../../src/core/secrets.ts'

const DAY = 24 * 60 * 60_000

function eventAt(time: number, id: string, userId: string | null = 'ada'): AuditEvent {
  const rest = {
    sessionId: null,
    ipAddress: null,
    requestId: null,
    reason: null,
    count: null,
    clientId: null,
  }
  return { id, at: new Date(time), event: 'authn_login_success', userId, ...rest }
}

/** A database that can fail, with the events of each statement that it received. */
function fakeEvents(): AuditEvents & { away: boolean; readonly batches: (readonly AuditEvent[])[] } {
  const batches: (readonly AuditEvent[])[] = []
  return {
    away: false,
    batches,
    async append(events) {
      if (this.away) throw unavailable(new Error('away'))
      batches.push(events)
    },
    list: async () => [],
    removeBefore: async () => 0,
  }
}

describe('the audit trail', () => {
  const lines: string[] = []
  const log = createLog('warn', { write: (line) => void lines.push(line) })
  let trail: AuditTrail
  afterEach(async () => {
    await trail.drain()
    lines.length = 0
  })

  function open(events: AuditEvents, small: Partial<AuditTrailDependencies> = {}): AuditTrail {
    const quick = { batchDelayMs: 10, retryMs: 20 }
    return (trail = new AuditTrail({ events, log, now: Date.now, keepMs: DAY, ...quick, ...small }))
  }

  const toIds = (batches: readonly (readonly AuditEvent[])[]) => batches.flat().map(({ id }) => id)

  it('writes many events in one statement after a short delay (SR-127)', async () => {
    const events = fakeEvents()
    open(events)
    for (let id = 0; id < 450; id += 1) trail.add(eventAt(0, String(id)))
    expect(events.batches).toEqual([])
    await eventually(async () => events.batches.flat().length === 450, 1000)
    expect(events.batches.map(({ length }) => length)).toEqual([200, 200, 50])
  })

  it('keeps events that the database does not accept and retries them in order (SR-127)', async () => {
    const events = fakeEvents()
    events.away = true
    open(events)
    trail.add(eventAt(0, 'a'))
    await eventually(async () => lines.length > 1, 1000)
    trail.add(eventAt(0, 'b'))
    events.away = false
    await eventually(async () => events.batches.flat().length === 2, 1000)
    expect(toIds(events.batches)).toEqual(['a', 'b'])
    expect(lines.join()).toContain('security events wait for the database')
  })

  it('holds a bounded number of events and reports how many it lost (SR-127)', async () => {
    const events = fakeEvents()
    events.away = true
    open(events, { maxQueued: 10 })
    for (let id = 0; id < 15; id += 1) trail.add(eventAt(0, String(id)))
    await eventually(async () => lines.length > 0, 1000)
    events.away = false
    await eventually(async () => lines.some((line) => line.includes('"lost":5')), 1000)
    expect(toIds(events.batches)).toHaveLength(10)
  })

  it('is written on close and reports what it could not write (SR-127)', async () => {
    const events = fakeEvents()
    open(events, { batchDelayMs: 60_000 })
    trail.add(eventAt(0, 'a'))
    await trail.drain()
    expect(toIds(events.batches)).toEqual(['a'])
    events.away = true
    open(events, { batchDelayMs: 60_000 })
    trail.add(eventAt(0, 'b'))
    await trail.drain()
    expect(lines.at(-1)).toContain('"lost":1')
  })

  it('costs a request a few microseconds (SR-127)', () => {
    open(fakeEvents())
    const started = performance.now()
    for (let id = 0; id < 10_000; id += 1) trail.add(eventAt(0, String(id)))
    expect((performance.now() - started) / 10_000).toBeLessThan(0.1)
  })
})

describeOn(EXTREMES, 'the audit trail in the database', (backend) => {
  it('stores an event once, lists the events of an account, and removes old events (SR-127)', async () => {
    const folder = temporaryFolder()
    const log = createLog('silent')
    const database = await openDatabase(await freshDatabase(backend.database, folder), {
      log,
      random: systemRandom,
    })
    const events = createAuditEvents(database)
    const now = Date.now()
    const old = Array.from({ length: 1200 }, (_, index) => eventAt(now - 91 * DAY, `old${index}`))
    for (let start = 0; start < old.length; start += 200) await events.append(old.slice(start, start + 200))
    const fresh = [eventAt(now, 'a'), eventAt(now, 'b'), eventAt(now, 'c', null), eventAt(now, 'd', 'bob')]
    await events.append(fresh)
    await events.append([...fresh, eventAt(now, 'e')])
    const page = { direction: 'descending', after: null, before: null, limit: 3 } as const
    expect(await events.list('ada', page)).toEqual(['e', 'b', 'a'].map((id) => eventAt(now, id)))
    // Two sweeps: one removes a thousand events at most.
    const trail = new AuditTrail({ events, log, now: () => now, keepMs: 90 * DAY, sweepMs: 10 })
    await eventually(async () => (await events.list('ada', { ...page, limit: 101 })).length === 3, 5000)
    await trail.drain()
    expect(await events.removeBefore(new Date(now - DAY), 1000)).toBe(0)
    await database.close()
    removeFolder(folder)
  })
})
