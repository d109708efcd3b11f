import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createSecondFactors } from '../../../src/adapters/database/second-factors.ts'
import { createSessions } from '../../../src/adapters/database/sessions.ts'
import { newId, systemRandom } from '../../../src/core/secrets.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import type { SecondFactors, SecondFactorProof } from '../../../src/ports/second-factors.ts'
import type { Sessions, StartOutcome } from '../../../src/ports/sessions.ts'
import { EXTREMES, describeOn, freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'

describeOn(EXTREMES, 'second factors in SQL', (backend) => {
  const folder = temporaryFolder()
  const newText = () => newId(systemRandom)
  let database: Database
  let factors: SecondFactors
  let sessions: Sessions
  beforeAll(async () => {
    database = await openDatabase(await freshDatabase(backend.database, folder), {
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    factors = createSecondFactors(database)
    sessions = createSessions(database)
  })
  afterAll(async () => {
    await database.close()
    removeFolder(folder)
  })

  /** Spends a code, and retries if another one was spent concurrently. True if it was spent. */
  async function spendWithRetry(
    userId: string,
    code: SecondFactorProof['code'],
    spendOn: (proof: SecondFactorProof) => Promise<boolean> = (proof) => startsSession(userId, 2, proof),
  ): Promise<boolean> {
    let last = ''
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const previous = (await factors.find(userId))?.sealed ?? ''
      if (previous === last) return false
      if (await spendOn({ code, previous, sealed: newText() })) return true
      last = previous
    }
    return false
  }
  const newChange = () => ({
    id: newText(),
    kind: 'totp-disabled' as const,
    createdAt: new Date(),
    expiresAt: new Date(Date.now() + 1e6),
  })
  async function newAccount(): Promise<string> {
    const id = newText()
    const at = new Date()
    const row = { id, status: 'ACTIVE', emailVerifiedAt: at, roles: 'USER', createdAt: at, updatedAt: at }
    await database.run((prisma) => prisma.user.create({ data: row }))
    return id
  }
  /** An account with a confirmed app and recovery codes, and therefore with security stamp 2. */
  async function createAccountWithApp() {
    const userId = await newAccount()
    await factors.enroll(userId, 'enrolled', new Date())
    const codeHashes = Array.from({ length: 10 }, newText)
    const confirmation = {
      previous: 'enrolled',
      sealed: newText(),
      step: 100,
      codeHashes,
      now: new Date(),
      change: newChange(),
    }
    expect(await factors.confirm(userId, confirmation)).toBe(2)
    return { userId, codeHashes }
  }
  function start(userId: string, securityStamp: number, secondFactor: SecondFactorProof | null) {
    const times = {
      now: new Date(),
      expiresAt: new Date(Date.now() + 1e6),
      absoluteExpiresAt: new Date(Date.now() + 1e6),
    }
    const session = {
      id: newText(),
      userId,
      methods: ['pwd'],
      userAgent: null,
      ipAddress: null,
      proofHash: null,
      ...times,
    }
    const condition = {
      securityStamp,
      contact: null,
      dropsPassword: false,
      locale: null,
      secondFactor,
      maxSessions: 1000,
    }
    return sessions.start(session, condition)
  }
  const startsSession = async (...args: Parameters<typeof start>) => (await start(...args)).kind === 'started'
  const countStarted = (outcomes: readonly StartOutcome[]) =>
    outcomes.filter(({ kind }) => kind === 'started').length
  const runConcurrently = <T>(call: (index: number) => Promise<T>) =>
    Promise.all(Array.from({ length: 50 }, (_, index) => call(index)))

  it('are required in the same transaction: no session starts without a code (SR-017, SR-074)', async () => {
    const { userId } = await createAccountWithApp()
    const plain = await newAccount()
    expect(countStarted([await start(plain, 1, null)])).toBe(1)
    await factors.enroll(plain, 'not confirmed', new Date())
    expect(countStarted([await start(plain, 1, null)])).toBe(1)
    expect(await start(userId, 2, null)).toEqual({ kind: 'refused' })
    expect(countStarted(await runConcurrently(() => start(userId, 2, null)))).toBe(0)
  })

  it('accept each time step for one of 50 sign-ins, and no earlier step afterwards (SR-036)', async () => {
    const { userId } = await createAccountWithApp()
    const steps = [101, 105, 105, 104, 100, 106]
    const counts = []
    for (const step of steps)
      counts.push(
        (await runConcurrently(() => spendWithRetry(userId, { kind: 'totp', step }))).filter(Boolean).length,
      )
    expect(counts).toEqual([1, 1, 0, 0, 0, 1])
  })

  it('accept each recovery code once among 50 concurrent sign-ins with several codes (SR-019)', async () => {
    const { userId, codeHashes } = await createAccountWithApp()
    const results = await runConcurrently((index) =>
      index % 10 === 9
        ? spendWithRetry(userId, { kind: 'totp', step: 101 })
        : spendWithRetry(userId, { kind: 'recovery-code', codeHash: codeHashes[index % 5] ?? '' }),
    )
    expect(results.filter(Boolean)).toHaveLength(6)
    expect((await factors.find(userId))?.recoveryCodesLeft).toBe(5)
  })

  it('accept one of many concurrent removals, replacements and sign-ins with the same code', async () => {
    const { userId, codeHashes } = await createAccountWithApp()
    const code = { kind: 'recovery-code', codeHash: codeHashes[0] ?? '' } as const
    const uses = [
      async (proof: SecondFactorProof) => (await factors.remove(userId, proof, newChange())) !== null,
      (proof: SecondFactorProof) =>
        factors.replaceRecoveryCodes(userId, proof, [newText(), newText()], newChange()),
      (proof: SecondFactorProof) => startsSession(userId, 2, proof),
    ]
    const results = await runConcurrently((index) => spendWithRetry(userId, code, uses[index % 3]))
    expect(results.filter(Boolean)).toHaveLength(1)
  })

  it('reject codes of a replaced app, without changing the row of its successor', async () => {
    const { userId, codeHashes } = await createAccountWithApp()
    const before = await factors.find(userId)
    for (const code of [
      { kind: 'totp', step: 999 },
      { kind: 'recovery-code', codeHash: codeHashes[0] ?? '' },
    ] as const) {
      const stale = { code, previous: 'of another app', sealed: newText() }
      expect(await start(userId, 2, stale)).toEqual({ kind: 'refused' })
      expect(await factors.remove(userId, stale, newChange())).toBeNull()
      expect(await factors.replaceRecoveryCodes(userId, stale, [newText()], newChange())).toBe(false)
    }
    expect(await factors.find(userId)).toEqual(before)
  })

  it('reject a sign-in that started before the app was confirmed: its security stamp is outdated (SR-074)', async () => {
    const { userId } = await createAccountWithApp()
    const late = (proof: SecondFactorProof) => startsSession(userId, 1, proof)
    expect(await spendWithRetry(userId, { kind: 'totp', step: 101 }, late)).toBe(false)
  })

  it('are listed in pages and resealed only if they have not changed', async () => {
    const { userId } = await createAccountWithApp()
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
