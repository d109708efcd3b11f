import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createSecondFactors } from '../../../src/adapters/database/second-factors.ts'
import { createSessions } from '../../../src/adapters/database/sessions.ts'
import { newId, systemRandom } from '../../../src/core/secrets.ts'
import { createLog } from '../../../src/http/log.ts'
import type { SecondFactors, Spending } from '../../../src/ports/second-factors.ts'
import type { Sessions } from '../../../src/ports/sessions.ts'
import { EXTREMES, describeOn, freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'

describeOn(EXTREMES, 'second factors in SQL', (backend) => {
  const folder = temporaryFolder()
  const unique = () => newId(systemRandom)
  let database: Database
  let factors: SecondFactors
  let sessions: Sessions
  beforeAll(async () => {
    database = await openDatabase(await freshDatabase(backend.database, folder), createLog('silent'))
    factors = createSecondFactors(database)
    sessions = createSessions(database)
  })
  afterAll(async () => {
    await database.close()
    removeFolder(folder)
  })

  /** Spends a code, again where another one was spent meanwhile; whether it was. */
  async function insist(
    userId: string,
    code: Spending['code'],
    spendOn: (spending: Spending) => Promise<unknown> = (spending) => start(userId, 2, spending),
  ): Promise<boolean> {
    let last = ''
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const previous = (await factors.find(userId))?.sealed ?? ''
      if (previous === last) return false
      const result = await spendOn({ code, previous, sealed: unique() })
      if (result !== 'refused' && result !== false) return true
      last = previous
    }
    return false
  }
  async function newAccount(): Promise<string> {
    const id = unique()
    const at = new Date()
    const row = { id, status: 'ACTIVE', roles: 'USER', createdAt: at, updatedAt: at }
    await database.run((prisma) => prisma.user.create({ data: row }))
    return id
  }
  /** An account with a confirmed app and recovery codes; its security stamp is 2 by that. */
  async function withApp() {
    const userId = await newAccount()
    await factors.enroll(userId, 'enrolled', new Date())
    const codeHashes = Array.from({ length: 10 }, unique)
    const confirmation = { previous: 'enrolled', sealed: unique(), step: 100, codeHashes, now: new Date() }
    expect(await factors.confirm(userId, confirmation)).toBe(true)
    return { userId, codeHashes }
  }
  function start(userId: string, securityStamp: number, secondFactor: Spending | null) {
    const times = {
      now: new Date(),
      expiresAt: new Date(Date.now() + 1e6),
      absoluteExpiresAt: new Date(Date.now() + 1e6),
    }
    const session = {
      id: unique(),
      userId,
      methods: ['pwd'],
      userAgent: null,
      ipAddress: null,
      proofHash: null,
      ...times,
    }
    const condition = {
      securityStamp,
      proves: 'EMAIL' as const,
      dropsPassword: false,
      secondFactor,
      maxSessions: 1000,
    }
    return sessions.start(session, condition)
  }
  const started = (results: readonly unknown[]) =>
    results.filter((result) => typeof result === 'object').length
  const many = <T>(call: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => call(index)))

  it('have the last word: no session starts without a code, whoever asks for it (17, 74)', async () => {
    const { userId } = await withApp()
    const plain = await newAccount()
    expect(started([await start(plain, 1, null)])).toBe(1)
    await factors.enroll(plain, 'not confirmed', new Date())
    expect(started([await start(plain, 1, null)])).toBe(1)
    expect(await start(userId, 2, null)).toBe('refused')
    expect(started(await many(() => start(userId, 2, null)))).toBe(0)
  })

  it('give each step to one of 50 sessions, and no earlier one to any (36)', async () => {
    const { userId } = await withApp()
    const steps = [101, 105, 105, 104, 100, 106]
    const counts = []
    for (const step of steps)
      counts.push((await many(() => insist(userId, { kind: 'totp', step }))).filter(Boolean).length)
    expect(counts).toEqual([1, 1, 0, 0, 0, 1])
  })

  it('give each recovery code to one of 50, whatever else is spent at the time (19)', async () => {
    const { userId, codeHashes } = await withApp()
    const results = await many((index) =>
      index % 10 === 9
        ? insist(userId, { kind: 'totp', step: 101 })
        : insist(userId, { kind: 'recovery-code', codeHash: codeHashes[index % 5] ?? '' }),
    )
    expect(results.filter(Boolean)).toHaveLength(6)
    expect((await factors.find(userId))?.recoveryCodesLeft).toBe(5)
  })

  it('let one of many removals, replacements and sign-ins by one code through, never two', async () => {
    const { userId, codeHashes } = await withApp()
    const code = { kind: 'recovery-code', codeHash: codeHashes[0] ?? '' } as const
    const uses = [
      (spending: Spending) => factors.remove(userId, spending),
      (spending: Spending) =>
        factors.replaceRecoveryCodes(userId, spending, [unique(), unique()], new Date()),
      (spending: Spending) => start(userId, 2, spending),
    ]
    const results = await many((index) => insist(userId, code, uses[index % 3]))
    expect(results.filter(Boolean)).toHaveLength(1)
  })

  it('take nothing for an app that another has followed, and write nothing into its row', async () => {
    const { userId, codeHashes } = await withApp()
    const before = await factors.find(userId)
    for (const code of [
      { kind: 'totp', step: 999 },
      { kind: 'recovery-code', codeHash: codeHashes[0] ?? '' },
    ] as const) {
      const stale = { code, previous: 'of another app', sealed: unique() }
      expect(await start(userId, 2, stale)).toBe('refused')
      expect(await factors.remove(userId, stale)).toBe(false)
      expect(await factors.replaceRecoveryCodes(userId, stale, [unique()], new Date())).toBe(false)
    }
    expect(await factors.find(userId)).toEqual(before)
  })

  it('refuse a sign-in that began before the app was confirmed: its securityStamp has passed (74)', async () => {
    const { userId } = await withApp()
    const late = (spending: Spending) => start(userId, 1, spending)
    expect(await insist(userId, { kind: 'totp', step: 101 }, late)).toBe(false)
  })

  it('are listed in pages and sealed anew only where nothing has changed meanwhile', async () => {
    const { userId } = await withApp()
    const sealed = (await factors.find(userId))?.sealed ?? ''
    const seen: string[] = []
    for (let after = ''; ; after = seen.at(-1) ?? '') {
      const rows = await factors.listSealed(after, 2)
      seen.push(...rows.map((row) => row.userId))
      if (rows.length < 2) break
    }
    expect([new Set(seen).size, [...seen].sort().length, seen.includes(userId)]).toEqual([
      seen.length,
      seen.length,
      true,
    ])
    await factors.reseal(userId, 'something else', 'never')
    await factors.reseal(userId, sealed, 'anew')
    expect((await factors.find(userId))?.sealed).toBe('anew')
  })
})
