import { afterEach, describe, expect, it } from 'vitest'
import { AnonymousSums, SUM_WINDOW_MS } from '../../src/features/audit/anonymous-sums.ts'
import { AuditTrail } from '../../src/features/audit/audit-trail.ts'
import type { AuditEvent } from '../../src/ports/audit-events.ts'
import { EXTREMES, describeOn, readRows } from '../support/backends.ts'
import { startGateway, newAddress, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'

let ids = 0
const newEvent = (changes: Partial<AuditEvent> = {}): AuditEvent => ({
  id: String((ids += 1)),
  at: new Date(0),
  event: 'excess_rate_limit_exceeded',
  userId: null,
  sessionId: null,
  ipAddress: '203.0.113.x',
  requestId: `request ${ids}`,
  reason: 'login',
  count: null,
  clientId: null,
  ...changes,
})

describe('events of anonymous requests', () => {
  it('are written once, and then summed for a minute by event, reason and network (SR-188)', () => {
    const sums = new AnonymousSums()
    const absorb = (event: AuditEvent) => sums.absorb(event, 0)
    expect(absorb(newEvent())).toBe(false)
    expect([newEvent(), newEvent({ count: 5 })].map(absorb)).toEqual([true, true])
    for (const other of [{ reason: 'refresh' }, { ipAddress: '198.51.100.x' }, { event: 'authz_fail' }])
      expect(absorb(newEvent(other))).toBe(false)
    expect(sums.take(SUM_WINDOW_MS - 1)).toEqual([])
    expect(sums.take(SUM_WINDOW_MS)).toEqual([
      expect.objectContaining({ reason: 'login', ipAddress: '203.0.113.x', count: 6, requestId: null }),
    ])
    expect(sums.isEmpty).toBe(true)
  })

  it('never include an event of an account, of a service client or of the gateway itself (SR-188)', () => {
    const sums = new AnonymousSums()
    const own = [{ userId: 'ada' }, { clientId: 'billing' }, { requestId: null, ipAddress: null }]
    for (const changes of [...own, ...own]) expect(sums.absorb(newEvent(changes), 0)).toBe(false)
    expect(sums.isEmpty).toBe(true)
  })

  it('take a bounded amount of memory, and are all counted (SR-188)', () => {
    const sums = new AnonymousSums()
    const networks = Array.from({ length: 20_000 }, (_, index) => `10.${index >> 8}.${index & 255}.x`)
    const apart = networks.filter((ipAddress) => !sums.absorb(newEvent({ ipAddress }), 0))
    expect(apart).toHaveLength(1001)
    const rest = sums.take(Infinity)
    expect(rest).toHaveLength(1)
    expect(rest[0]).toMatchObject({ ipAddress: null, count: 20_000 - 1001 })
  })

  it('are written when their minute is over, and when the gateway stops (SR-188)', async () => {
    const written: AuditEvent[] = []
    const events = {
      append: async (batch: readonly AuditEvent[]) => void written.push(...batch),
      list: async () => [],
      removeBefore: async () => 0,
    }
    const open = (sumMs: number) =>
      new AuditTrail({ events, log: SILENT_LOGGER, now: Date.now, keepMs: 1000, batchDelayMs: 1, sumMs })
    const trail = open(60_000)
    for (let sent = 0; sent < 100; sent += 1) trail.add(newEvent())
    await trail.drain()
    expect(written.map(({ count }) => count)).toEqual([null, 99])
  })
})

describeOn(EXTREMES, '100 refused anonymous requests', (backend) => {
  let gateway: TestGateway
  afterEach(() => gateway.close())

  it.each([
    [
      'guesses at passwords',
      'mutation ($e: String!) { login(input: { email: $e, password: "wrong" }) { __typename } }',
    ],
    [
      'requests for codes',
      'mutation ($e: String!) { requestOtp(input: { email: $e, purpose: LOGIN }) { expiresIn } }',
    ],
    ['false refresh tokens', 'mutation ($e: String) { refresh(refreshToken: $e) { accessToken } }'],
    ['calls without a token', 'query ($e: String!) { post(id: $e) { id } }'],
  ])('write a handful of rows: %s (SR-188)', async (_name, text) => {
    gateway = await startGateway(backend)
    for (let sent = 0; sent < 100; sent += 1) await gateway.sendText(text, { e: newAddress() })
    await gateway.app.close()
    const rows = await readRows<{ event: string; count: number | null }>(
      gateway.environment['DATABASE_URL'] ?? '',
      'SELECT event, count FROM audit_events WHERE user_id IS NULL',
    )
    expect(rows.length).toBeLessThanOrEqual(6)
  })

  it('are all counted, and the event of an account stays its own row (SR-188)', async () => {
    gateway = await startGateway(backend)
    const { user } = await gateway.signUp()
    const text = 'mutation ($e: String!) { login(input: { email: $e, password: "wrong" }) { __typename } }'
    for (let sent = 0; sent < 130; sent += 1) await gateway.sendText(text, { e: newAddress() })
    const own = async () =>
      (
        await gateway.sql<{ event: string }>(`SELECT event FROM audit_events WHERE user_id = '${user.id}'`)
      ).map(({ event }) => event)
    expect(
      await eventually(async () => ((await own()).includes('authn_token_created') ? own() : false)),
    ).toContain('authn_token_created')
    await gateway.app.close()
    const rows = await readRows<{ event: string; count: number | null }>(
      gateway.environment['DATABASE_URL'] ?? '',
      "SELECT event, count FROM audit_events WHERE event = 'excess_rate_limit_exceeded'",
    )
    expect(rows.reduce((sum, { count }) => sum + (count ?? 1), 0)).toBe(10)
    expect(rows).toHaveLength(2)
  })
})
