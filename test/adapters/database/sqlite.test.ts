import { fork } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { createClient } from '@libsql/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { createDatabaseStore } from '../../../src/adapters/state-store/database.ts'
import { waitForDatabase } from '../../../src/adapters/database/database-check.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { SqliteConnection } from '../../../src/adapters/database/sqlite-connection.ts'
import { waitForSqliteLock } from '../../../src/adapters/database/sqlite-opening.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { createRecordingLogger } from '../../support/recording-logger.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { eventually } from '../../support/servers/processes.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'

/** Opens the file in a separate process, writes to it and closes it. */
const WRITER = join(import.meta.dirname, 'sqlite-writer.ts')

describe('the SQLite database', () => {
  let folder: string
  let url: string
  let database: Database
  beforeAll(async () => {
    folder = temporaryFolder()
    url = await freshDatabase('sqlite', folder)
    database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
  })
  afterAll(async () => {
    await database.close()
    removeFolder(folder)
  })

  const pragmas = async () => {
    const [mode] = await database.prisma.$queryRaw<{ journal_mode: string }[]>`PRAGMA journal_mode`
    const [keys] = await database.prisma.$queryRaw<{ foreign_keys: bigint }[]>`PRAGMA foreign_keys`
    const [sync] = await database.prisma.$queryRaw<{ synchronous: bigint }[]>`PRAGMA synchronous`
    const [busy] = await database.prisma.$queryRaw<{ timeout: bigint }[]>`PRAGMA busy_timeout`
    return {
      mode: mode?.journal_mode,
      keys: Number(keys?.foreign_keys),
      sync: Number(sync?.synchronous),
      busy: Number(busy?.timeout),
    }
  }
  const add = (key: string) =>
    database.run(
      (prisma) => prisma.$executeRaw`
    UPDATE state_entries SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = ${key}`,
    )
  const put = (key: string, value: string) =>
    database.run((prisma) => prisma.stateEntry.create({ data: { key, value, expiresAt: 1n } }))
  const readValue = async (key: string) =>
    (await database.prisma.stateEntry.findUnique({ where: { key } }))?.value

  it('waits for the disk at each commit, except of places of rate limits (SR-155)', async () => {
    const store = createDatabaseStore({ database, now: Date.now })
    const readSync = async () => (await pragmas()).sync
    const [full, normal] = [2, 1]
    await store.reserve('limit', { max: 1, windowMs: 60_000 })
    expect(await readSync()).toBe(normal)
    await store.increment('attempts', 60_000)
    expect(await readSync()).toBe(full)
    await store.reserve('limit', { max: 1, windowMs: 60_000 })
    await database.prisma.$transaction(async (transaction) => {
      await transaction.stateEntry.count()
      expect(await transaction.$queryRaw`PRAGMA synchronous`).toEqual([{ synchronous: full }])
    })
    await store.reserve('limit', { max: 1, windowMs: 60_000 })
    await store.set('session', 'ended', 60_000)
    expect(await readSync()).toBe(full)
    await store.close()
  })

  it('keeps its PRAGMAs after transactions and failures: WAL, foreign keys, full sync, a short busy timeout (SR-155)', async () => {
    const expected = { mode: 'wal', keys: 1, sync: 2, busy: 50 }
    expect(await pragmas()).toEqual(expected)
    await database.prisma.$transaction([
      database.prisma.stateEntry.count(),
      database.prisma.stateEntry.count(),
    ])
    expect(await pragmas()).toEqual(expected)
    await put('twice', 'value')
    await expect(put('twice', 'value')).rejects.toThrow()
    await expect(
      database.prisma.$transaction([
        database.prisma.stateEntry.create({ data: { key: 'twice', value: '', expiresAt: 1n } }),
      ]),
    ).rejects.toThrow()
    expect(await pragmas()).toEqual(expected)
  })

  it('is a file that other users cannot read', () => {
    expect(statSync(join(folder, 'gateway.db')).mode & 0o077).toBe(0)
  })

  it('commits after a failed statement, which leaves no open statement behind', async () => {
    await put('after', '0')
    await expect(put('after', '0')).rejects.toThrow()
    await database.run((prisma) =>
      prisma.$transaction([
        prisma.stateEntry.update({ where: { key: 'after' }, data: { value: 'committed' } }),
      ]),
    )
    const other = createClient({ url })
    expect(
      (await other.execute(`SELECT value FROM state_entries WHERE key = 'after'`)).rows[0]?.['value'],
    ).toBe('committed')
    other.close()
  })

  it('runs a statement again that has failed, and after the table has changed', () => {
    const file = join(folder, 'statements.db')
    const [connection, other] = [`file:${file}`, `file:${file}`].map((path) => new SqliteConnection(path))
    if (!connection || !other) throw new Error('there is no connection')
    connection.script('CREATE TABLE entries (key TEXT PRIMARY KEY)')
    const insert = (key: string) => connection.run('INSERT INTO entries (key) VALUES (?)', [key])
    for (const key of ['a', 'b', 'c']) {
      expect(insert(key).rowsAffected).toBe(1)
      expect(() => insert(key)).toThrow('UNIQUE constraint failed')
    }
    other.script('ALTER TABLE entries ADD COLUMN value TEXT')
    expect(insert('d').rowsAffected).toBe(1)
    expect(other.run('SELECT count(*) FROM entries', []).rows).toEqual([[4]])
    for (const one of [connection, other]) one.close()
  })

  it('loses no update of 200 writers in one process (SR-156)', async () => {
    await put('counter', '0')
    await Promise.all(Array.from({ length: 200 }, () => add('counter')))
    expect(await readValue('counter')).toBe('200')
  })

  it('loses no update of writers in two processes, and returns no busy error to them (SR-156)', async () => {
    await put('shared', '0')
    const child = fork(WRITER, [url, 'shared', '200'], { execArgv: ['--import', 'tsx'] })
    await once(child, 'message')
    const finished = once(child, 'message') as Promise<[unknown]>
    child.send('go')
    for (let round = 0; round < 20; round += 1)
      await Promise.all(Array.from({ length: 10 }, () => add('shared')))
    expect((await finished)[0]).toBe('done')
    expect(await readValue('shared')).toBe('400')
  })

  it('sees the writes of another process, even after this process has opened the file again (SR-066)', async () => {
    await put('seen', '0')
    for (const written of ['1', '2']) {
      new SqliteConnection(url).close()
      const child = fork(WRITER, [url, 'seen', '1'], { execArgv: ['--import', 'tsx'] })
      await once(child, 'message')
      child.send('go')
      await once(child, 'exit')
      expect(await readValue('seen')).toBe(written)
    }
  })

  it('returns how many rows a delete affected, so that one of many consumers succeeds (SR-157)', async () => {
    await put('once', 'value')
    const consume = () =>
      database.run((prisma) => prisma.stateEntry.deleteMany({ where: { key: 'once', value: 'value' } }))
    const counts = (await Promise.all([consume(), consume(), consume()])).map(({ count }) => count)
    expect(counts.sort()).toEqual([0, 0, 1])
  })

  it('is unavailable within a second while another process holds the lock, does not block the event loop, and recovers (SR-134, SR-155)', async () => {
    const other = createClient({ url })
    await other.execute('BEGIN IMMEDIATE')
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const started = performance.now()
    await expect(add('counter')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(performance.now() - started).toBeLessThan(1000)
    delay.disable()
    expect(delay.max / 1e6).toBeLessThan(500)
    await other.execute('COMMIT')
    other.close()
    expect(await add('counter')).toBe(1)
  })

  it('is opened although another process has the file locked for longer than a request waits (SR-134)', async () => {
    const locked = `file:${join(folder, 'locked.db')}`
    const other = createClient({ url: locked })
    await other.execute('BEGIN EXCLUSIVE')
    const release = setTimeout(1500).then(() => other.execute('COMMIT'))
    const opened = await openDatabase(locked, { log: SILENT_LOGGER, random: systemRandom })
    await opened.ping()
    await opened.close()
    await release
    other.close()
  })

  it('is waited for at the start while another process has the file locked, which is logged (SR-273)', async () => {
    const { database: config } = loadConfig({
      variables: { DATABASE_URL: `file:${join(folder, 'starting.db')}` },
      readFile: () => '',
    })
    const other = createClient({ url: config.url })
    await other.execute('BEGIN EXCLUSIVE')
    const log = createRecordingLogger()
    const waiting = waitForDatabase(config, log)
    await eventually(async () => log.entries.length > 0)
    expect(log.entries).toEqual([
      {
        level: 'warn',
        event: 'database.unreachable',
        message: 'DATABASE_URL: another process has locked the SQLite file; trying again',
        facts: { event: 'database.unreachable' },
      },
    ])
    await other.execute('COMMIT')
    other.close()
    await waiting
  })

  it('is given up with the setting if another process keeps it locked (SR-273)', async () => {
    const kept = `file:${join(folder, 'kept.db')}`
    const other = createClient({ url: kept })
    await other.execute('BEGIN EXCLUSIVE')
    await expect(
      waitForSqliteLock(() => new SqliteConnection(kept), systemRandom, 200),
    ).rejects.toMatchObject({
      name: 'DatabaseUnreachableError',
      message: 'DATABASE_URL: another process has locked the SQLite file',
    })
    other.close()
  })

  it('waits for a lock that is released soon', async () => {
    const other = createClient({ url })
    await other.execute('BEGIN IMMEDIATE')
    const release = setTimeout(200).then(() => other.execute('COMMIT'))
    expect(await add('counter')).toBe(1)
    await release
    other.close()
  })
})
