import { afterEach, beforeEach, expect, it } from 'vitest'
import { countActiveSessions } from '../../../src/adapters/database/active-sessions.ts'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { describeOn, BACKENDS, freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const NOW = new Date('2026-01-01T00:00:00.000Z')
const HOUR_MS = 3_600_000
const after = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS)
const databases = BACKENDS.filter(({ store }) => store === 'database')

describeOn(databases, 'the number of active sessions', ({ database: kind }) => {
  let database: Database
  let folder: string
  beforeEach(async () => {
    folder = temporaryFolder()
    const url = await freshDatabase(kind, folder)
    database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
    await addSessions(database)
  })
  afterEach(async () => {
    await database.close()
    removeFolder(folder)
  })

  it('leaves out those that were revoked or have expired', async () => {
    expect(await countActiveSessions(database, NOW)).toBe(200)
    expect(await countActiveSessions(database, after(3))).toBe(0)
  })

  it('is an estimate within a quarter where the table has more rows than are counted', async () => {
    if (kind === 'postgresql') await database.prisma.$executeRawUnsafe('ANALYZE sessions')
    const estimated = await countActiveSessions(database, NOW, 100)
    expect(estimated).toBeGreaterThan(150)
    expect(estimated).toBeLessThan(250)
  })
})

/** 400 sessions: half of them active, a quarter revoked, a quarter expired. */
async function addSessions({ prisma }: Database): Promise<void> {
  const id = 'user-1'
  await prisma.user.create({ data: { id, status: 'ACTIVE', roles: 'USER', createdAt: NOW, updatedAt: NOW } })
  const dates = { createdAt: NOW, lastUsedAt: NOW, absoluteExpiresAt: after(100) }
  const data = Array.from({ length: 400 }, (_, index) => ({
    ...{ id: `session-${index}`, userId: id, methods: 'pwd', ...dates },
    expiresAt: after(index < 100 ? -1 : 2),
    revokedAt: index >= 100 && index < 200 ? NOW : null,
  }))
  await prisma.session.createMany({ data })
}
