import { createClient, type Client } from '@libsql/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createUsers } from '../../../src/adapters/database/users.ts'
import { createDatabaseStore } from '../../../src/adapters/state-store/database.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { recordStatements } from '../../support/query-plans.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const NOW = new Date('2026-01-01T00:00:00.000Z')
const MINUTE_MS = 60_000

describe('rows of SQLite that are read by key', () => {
  const folder = temporaryFolder()
  let database: ReturnType<typeof recordStatements>
  let other: Client
  let otherNode: Database
  let clock = NOW.getTime()
  const now = () => clock
  beforeAll(async () => {
    const url = await freshDatabase('sqlite', folder)
    const options = { log: SILENT_LOGGER, random: systemRandom }
    database = recordStatements(await openDatabase(url, options))
    otherNode = await openDatabase(url, options)
    other = createClient({ url })
    const account = { status: 'ACTIVE', roles: 'USER', createdAt: NOW, updatedAt: NOW }
    await database.prisma.user.create({ data: { id: 'user', email: 'a@example.com', ...account } })
  })
  afterAll(async () => {
    other.close()
    await otherNode.close()
    await database.close()
    removeFolder(folder)
  })
  const countStatements = async (work: () => Promise<unknown>) => {
    const before = database.statements.length
    await work()
    return database.statements.length - before
  }

  it('are read again after a change by any way and by anyone (SR-066, SR-200)', async () => {
    const users = createUsers(database)
    const setName = (name: string) =>
      database.prisma.user.update({ where: { id: 'user' }, data: { fullName: name } })
    const changes: Readonly<Record<string, () => Promise<unknown>>> = {
      'one statement': () => setName('one statement'),
      'a raw statement': () => database.prisma.$executeRaw`UPDATE users SET full_name = 'a raw statement'`,
      'a transaction': () => database.prisma.$transaction([setName('none'), setName('a transaction')]),
      'another connection': () => other.execute("UPDATE users SET full_name = 'another connection'"),
      'another node': () =>
        otherNode.prisma.user.update({ where: { id: 'user' }, data: { fullName: 'another node' } }),
    }
    for (const [way, change] of Object.entries(changes)) {
      await users.findById('user')
      expect(await countStatements(() => users.findById('user')), way).toBe(0)
      await change()
      expect((await users.findById('user'))?.fullName).toBe(way)
    }
    await database.prisma
      .$transaction(async (transaction) => {
        await transaction.user.update({ where: { id: 'user' }, data: { fullName: 'rolled back' } })
        throw new Error('rolled back')
      })
      .catch(() => undefined)
    expect((await users.findById('user'))?.fullName).toBe('another node')
    expect(await users.findById('later')).toBeNull()
    await other.execute(
      "INSERT INTO users (id, status, roles, created_at, updated_at) SELECT 'later', status, roles, created_at, updated_at FROM users",
    )
    expect((await users.findById('later'))?.id).toBe('later')
    await other.execute("DELETE FROM users WHERE id = 'later'")
    expect(await users.findById('later')).toBeNull()
  })

  it('of the state store are kept while limits are counted, but not the counters', async () => {
    const store = createDatabaseStore({ database, now })
    await store.set('session', 'record', MINUTE_MS)
    await store.get(['session', 'limit', 'absent'])
    const limit = { max: 10, windowMs: MINUTE_MS }
    for (const count of [1, 2, 3]) {
      await store.reserve('limit', limit)
      expect(await countStatements(() => store.get(['session', 'absent']))).toBe(0)
      expect(await store.get(['limit', 'session'])).toEqual([String(count), 'record'])
    }
    const others = createDatabaseStore({ database: otherNode, now })
    await others.reserve('limit', limit)
    expect(await store.get(['limit', 'session'])).toEqual(['4', 'record'])
    await Promise.all([store.close(), others.close()])
  })

  it('of the state store are read again after each verb, and expire', async () => {
    const store = createDatabaseStore({ database, now })
    const expectValue = async (value: string | null) => {
      expect(await store.get(['key'])).toEqual([value])
      expect(await countStatements(() => store.get(['key']))).toBe(0)
    }
    await expectValue(null)
    await store.set('key', 'a', MINUTE_MS)
    await expectValue('a')
    await store.compareAndSet('key', 'a', 'b', MINUTE_MS)
    await expectValue('b')
    await store.take('key')
    await expectValue(null)
    await store.increment('key', MINUTE_MS)
    await expectValue('1')
    await store.delete(['key'])
    await expectValue(null)
    await store.set('key', 'c', MINUTE_MS)
    await expectValue('c')
    clock += MINUTE_MS
    await expectValue(null)
    clock -= 1
    await expectValue('c')
    await store.close()
  })

  it('are never older than a write of any node that ended before the read began (SR-066)', async () => {
    const nodes = [database, otherNode].map((one) => createDatabaseStore({ database: one, now }))
    const keys = ['key0', 'key1']
    const written = [0, 0]
    const stale: string[] = []
    // One writer of each key, so that its values rise.
    const write = async (index: number, value: number) => {
      await nodes[index]?.set(keys[index] ?? '', String(value), MINUTE_MS)
      written[index] = value
    }
    const read = async (node: (typeof nodes)[number]) => {
      const least = [...written]
      const values = await node.get(keys)
      values.forEach((value, index) => {
        if (Number(value) < (least[index] ?? 0)) stale.push(`${keys[index]}: ${value} < ${least[index]}`)
      })
    }
    for (let round = 1; round <= 200; round += 1) {
      const steps = nodes.flatMap((node, index) => [
        read(node),
        ...(round % 3 === index ? [write(index, round)] : []),
        node.reserve('places', { max: 1000, windowMs: MINUTE_MS }),
        read(node).then(() => read(node)),
      ])
      await Promise.all(steps)
      await Promise.all(nodes.map(read))
    }
    expect(stale).toEqual([])
    expect(await nodes[0]?.get([...keys, 'places'])).toEqual(['198', '199', '400'])
    await Promise.all(nodes.map((node) => node.close()))
  })
})
