import { afterEach, expect, it } from 'vitest'
import { createExpiredRows } from '../../src/adapters/database/expired-rows.ts'
import { openDatabase } from '../../src/adapters/database/open-database.ts'
import { DAY_MS, HOUR_MS } from '../../src/core/duration.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { createApiKey } from './api-key-steps.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'
import {
  ChangePasswordDocument,
  LogoutDocument,
  MeDocument,
  RegisterDocument,
  RequestOtpDocument,
  RevokeApiKeyDocument,
} from '../generated/graphql.ts'

describeOnEveryBackend('the scheduled cleanup', (backend) => {
  const running: TestGateway[] = []
  const lines: string[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.app.close()
    lines.length = 0
  })

  /** Two nodes on one database; memory cannot be shared. */
  async function startNodes(): Promise<TestGateway[]> {
    const gateway = await startGateway(
      backend,
      { RATE_LIMIT_SCALE: '1000', LOG_LEVEL: 'info' },
      { log: { write: (line) => void lines.push(line) } },
    )
    running.push(gateway)
    if (backend.store !== 'memory') running.push(await gateway.sibling())
    return [...running]
  }

  const register = (gateway: TestGateway, email = newAddress()) =>
    gateway.ask(RegisterDocument, { input: { email, password: null } }).then(() => email)
  const runAll = async (nodes: readonly TestGateway[]) => {
    const turns = [...nodes, ...nodes, ...nodes]
    const runs = await Promise.all(turns.map(({ app }) => app.cleanup.runIfDue()))
    return runs.filter((counts) => counts !== null)
  }
  const count = async (gateway: TestGateway, from: string) =>
    Number((await gateway.sql<{ rows: number }>(`SELECT COUNT(*) AS rows FROM ${from}`))[0]?.rows)

  it('removes each row once, on one node per interval (SR-189)', async () => {
    const nodes = await startNodes()
    const [gateway] = nodes
    if (!gateway) throw new Error('no gateway')
    for (let row = 0; row < 5; row += 1) await register(gateway)
    const { accessToken } = await gateway.signUp()
    await gateway.ask(LogoutDocument, {}, accessToken)
    expect((await runAll(nodes)).map(({ pendingAccounts }) => pendingAccounts)).toEqual([0])
    expect(await runAll(nodes)).toEqual([])
    gateway.passTime(8 * DAY_MS)
    const young = await register(gateway)
    expect(await runAll(nodes)).toEqual([
      { pendingAccounts: 5, endedSessions: 0, endedApiKeys: 0, accountChanges: 0 },
    ])
    gateway.passTime(23 * DAY_MS)
    expect(await runAll(nodes)).toEqual([
      { pendingAccounts: 1, endedSessions: 1, endedApiKeys: 0, accountChanges: 0 },
    ])
    expect(await runAll(nodes)).toEqual([])
    gateway.passTime(HOUR_MS)
    expect(await runAll(nodes)).toEqual([
      { pendingAccounts: 0, endedSessions: 0, endedApiKeys: 0, accountChanges: 0 },
    ])
    expect(await count(gateway, `users WHERE email = '${young}'`)).toBe(0)
    expect(await count(gateway, "users WHERE status = 'ACTIVE'")).toBe(1)
    expect(lines.filter((line) => line.includes('"cleanup.completed"'))).toHaveLength(4)
    expect(lines.join()).toContain('"pendingAccounts":5')
  })

  it('keeps a pending account with a valid code, and one that registered again (SR-190)', async () => {
    const [gateway] = await startNodes()
    if (!gateway) throw new Error('no gateway')
    const emails = [await register(gateway), await register(gateway), await register(gateway)]
    const [asking, again] = emails
    gateway.passTime(8 * DAY_MS)
    await gateway.ask(RequestOtpDocument, { input: { email: asking ?? '', purpose: 'VERIFY_EMAIL' } })
    await register(gateway, again)
    expect(await gateway.app.cleanup.runIfDue()).toEqual({
      pendingAccounts: 1,
      endedSessions: 0,
      endedApiKeys: 0,
      accountChanges: 0,
    })
    const rows = await gateway.sql<{ email: string }>('SELECT email FROM users ORDER BY email')
    expect(rows.map(({ email }) => email)).toEqual([asking, again].toSorted())
  })

  it('keeps every active session and what it can do (SR-189)', async () => {
    const [gateway] = await startNodes()
    if (!gateway) throw new Error('no gateway')
    const { accessToken } = await gateway.signUp()
    expect(await gateway.app.cleanup.runIfDue()).toEqual({
      pendingAccounts: 0,
      endedSessions: 0,
      endedApiKeys: 0,
      accountChanges: 0,
    })
    expect((await gateway.send(MeDocument, {}, { token: accessToken })).errors).toEqual([])
  })

  it('removes changes that can no longer be undone (SR-189)', async () => {
    const [gateway] = await startNodes()
    if (!gateway) throw new Error('no gateway')
    const { accessToken, password } = await gateway.signUp()
    const input = { currentPassword: password, newPassword: 'seven grey herons at noon' }
    await gateway.ask(ChangePasswordDocument, { input }, accessToken)
    gateway.passTime(3 * DAY_MS - HOUR_MS)
    expect((await gateway.app.cleanup.runIfDue())?.accountChanges).toBe(0)
    gateway.passTime(HOUR_MS)
    expect((await gateway.app.cleanup.runIfDue())?.accountChanges).toBe(1)
    expect(await count(gateway, 'account_changes')).toBe(0)
  })

  it('removes API keys that have ended, and no active one (SR-189)', async () => {
    const [gateway] = await startNodes()
    if (!gateway) throw new Error('no gateway')
    const { accessToken } = await gateway.signUp()
    const tomorrow = new Date(gateway.now() + DAY_MS)
    const [active, revoked] = [
      await createApiKey(gateway, accessToken),
      await createApiKey(gateway, accessToken),
      await createApiKey(gateway, accessToken, ['posts:read'], tomorrow),
    ]
    await gateway.ask(RevokeApiKeyDocument, { id: revoked.apiKey }, accessToken)
    gateway.passTime(29 * DAY_MS)
    expect((await gateway.app.cleanup.runIfDue())?.endedApiKeys).toBe(0)
    gateway.passTime(2 * DAY_MS + HOUR_MS)
    expect((await gateway.app.cleanup.runIfDue())?.endedApiKeys).toBe(2)
    const rows = await gateway.sql<{ id: string }>('SELECT id FROM api_keys')
    expect(rows.map(({ id }) => id)).toEqual([active.apiKey])
  })

  it('visits rows in bounded batches (SR-189)', async () => {
    const [gateway] = await startNodes()
    if (!gateway) throw new Error('no gateway')
    for (let row = 0; row < 5; row += 1) await register(gateway)
    const database = await openDatabase(gateway.environment['DATABASE_URL'] ?? '', {
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    const rows = createExpiredRows(database)
    const later = new Date(gateway.now() + DAY_MS)
    const found: number[] = []
    for (let after: string | null = ''; after !== null;) {
      const range = await rows.nextRange('accounts', after, 2)
      found.push((await rows.findPendingAccounts(range, later)).length)
      after = range.to
    }
    expect(found).toEqual([2, 2, 1])
    await database.close()
  })
})
