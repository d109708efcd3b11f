import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createClient } from '@libsql/client'
import { afterEach, describe, expect, it } from 'vitest'
import type { Dialect } from '../../../src/adapters/database/database.ts'
import { findMigrationFolder } from '../../../src/adapters/database/migration-files.ts'
import { MigrationError, migrate, migrationStatus } from '../../../src/adapters/database/migrations.ts'
import { schemaText } from '../../../scripts/generate.ts'
import { RECORDED_BUILD } from '../../../scripts/record-build.ts'
import { UNMODELLED, diagnose, differenceToModels } from '../../../scripts/live-schema.ts'
import { schemaDifference } from '../../../scripts/schema-difference.ts'
import { emptyPostgresDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { query } from '../../support/servers/postgres.ts'

const now = () => Date.now()

function suite(dialect: Dialect): void {
  const folders: string[] = []
  afterEach(() => folders.splice(0).forEach(removeFolder))

  function folder(): string {
    const path = temporaryFolder()
    folders.push(path)
    return path
  }

  const emptyDatabase = () =>
    dialect === 'sqlite'
      ? Promise.resolve(`file:${join(folder(), 'new/gateway.db')}`)
      : emptyPostgresDatabase()

  /** A modifiable copy of the package's migrations. */
  function copyMigrations(): string {
    const path = join(folder(), 'migrations')
    cpSync(findMigrationFolder(dialect), path, { recursive: true })
    return path
  }

  function add(path: string, name: string, script: string): void {
    mkdirSync(join(path, name))
    writeFileSync(join(path, name, 'migration.sql'), script)
  }

  async function rows(url: string, sql: string): Promise<Record<string, unknown>[]> {
    if (dialect === 'postgresql') return (await query(url, sql)).rows as Record<string, unknown>[]
    const client = createClient({ url })
    const result = await client.execute(sql)
    client.close()
    return result.rows.map((row) => ({ ...row }))
  }

  it('bring an empty database to the schema of the models', async () => {
    const url = await emptyDatabase()
    const applied = await migrate({ url, now })
    expect(applied.length).toBeGreaterThan(0)
    if (dialect === 'sqlite') return expect(await differenceToModels(dialect, url)).toBe('')
    // Prisma's engine cannot introspect PostgreSQL through this driver, so two databases are compared.
    const modelled = await emptyDatabase()
    await query(modelled, await schemaDifference(dialect, null, schemaText(dialect)))
    await query(url, 'DROP TABLE _prisma_migrations')
    return expect(await catalogue(url)).toEqual(await catalogue(modelled))
  })

  /** Every column, index and constraint of a PostgreSQL database that models can describe. */
  async function catalogue(url: string): Promise<unknown> {
    const columns = `SELECT table_name, column_name, data_type, datetime_precision, is_nullable, column_default FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`
    const indexes = `SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`
    const constraints = `SELECT conrelid::regclass::text AS name, pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2`
    const found = await Promise.all([columns, indexes, constraints].map((sql) => rows(url, sql)))
    expect(found.every((list) => list.length > 0)).toBe(true)
    const isModelled = (row: unknown) =>
      !UNMODELLED.postgresqlNames.some((name) => JSON.stringify(row).includes(name))
    return found.map((list) => list.filter(isModelled))
  }

  it('change nothing in a second run (SR-162)', async () => {
    const url = await emptyDatabase()
    const applied = await migrate({ url, now })
    expect(await migrate({ url, now })).toEqual([])
    expect(await migrationStatus({ url, now })).toEqual({ applied, pending: [], newer: [] })
  })

  it('are applied once when five nodes start concurrently (SR-162)', async () => {
    const url = await emptyDatabase()
    const applied = await Promise.all(Array.from({ length: 5 }, () => migrate({ url, now })))
    expect(applied.flat().sort()).toEqual((await migrationStatus({ url, now })).applied)
    expect(await rows(url, 'SELECT id FROM _prisma_migrations')).toHaveLength(applied.flat().length)
  })

  it('upgrade a database of the previous version and keep its rows (SR-162)', async () => {
    const url = await emptyDatabase()
    const migrations = copyMigrations()
    await migrate({ url, now, folder: migrations })
    await rows(url, `INSERT INTO state_entries (key, value, expires_at) VALUES ('kept', 'value', 1)`)
    add(
      migrations,
      '29990101000000_more',
      'CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY); ALTER TABLE state_entries ADD COLUMN note TEXT;',
    )
    expect((await migrationStatus({ url, now, folder: migrations })).pending).toEqual(['29990101000000_more'])
    expect(await migrate({ url, now, folder: migrations })).toEqual(['29990101000000_more'])
    expect(await rows(url, 'SELECT key, note FROM state_entries')).toEqual([{ key: 'kept', note: null }])
  })

  it('are rejected by name when an applied one was changed', async () => {
    const url = await emptyDatabase()
    const migrations = copyMigrations()
    const [name = ''] = await migrate({ url, now, folder: migrations })
    writeFileSync(
      join(migrations, name, 'migration.sql'),
      `${readFileSync(join(migrations, name, 'migration.sql'), 'utf8')}\n-- touched`,
    )
    await expect(migrate({ url, now, folder: migrations })).rejects.toThrow(new RegExp(`${name} was changed`))
  })

  it('of a newer version are reported, and do not prevent an older version from working (SR-162, SR-172)', async () => {
    const url = await emptyDatabase()
    const newer = copyMigrations()
    add(newer, '29990101000000_more', 'ALTER TABLE state_entries ADD COLUMN note TEXT;')
    const applied = await migrate({ url, now, folder: newer })
    const status = { applied: applied.slice(0, -1), pending: [], newer: ['29990101000000_more'] }
    expect(await migrationStatus({ url, now })).toEqual(status)
    expect(await migrate({ url, now })).toEqual([])
    await rows(url, `INSERT INTO state_entries (key, value, expires_at) VALUES ('old', 'value', 1)`)
    expect(await migrate({ url, now, folder: newer })).toEqual([])
  })

  it('of a newer version are rejected by name if they break this version', async () => {
    const url = await emptyDatabase()
    const newer = copyMigrations()
    add(newer, '29990101000000_drop_note_breaking', 'CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY);')
    await migrate({ url, now, folder: newer })
    for (const run of [migrate, migrationStatus])
      await expect(run({ url, now })).rejects.toThrow(
        /29990101000000_drop_note_breaking of a newer version .* does not work with it/,
      )
  })

  it('are rejected by name when an applied one is missing', async () => {
    const url = await emptyDatabase()
    const [first = '', ...others] = await migrate({ url, now })
    const migrations = copyMigrations()
    rmSync(join(migrations, first), { recursive: true })
    await expect(migrate({ url, now, folder: migrations })).rejects.toThrow(
      new RegExp(`${first} .* missing from this version`),
    )
    // Names that are newer than those of this version, without which they could not have been applied.
    const foreign = await emptyDatabase()
    add(migrations, '29990101000000_of_another_program', 'CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY);')
    for (const name of others) rmSync(join(migrations, name), { recursive: true })
    await migrate({ url: foreign, now, folder: migrations })
    await expect(migrate({ url: foreign, now })).rejects.toThrow(
      /_of_another_program .* missing from this version/,
    )
  })

  it('are rejected by name when one was started by another tool and not finished', async () => {
    const url = await emptyDatabase()
    const [name = ''] = await migrate({ url, now })
    await rows(url, 'UPDATE _prisma_migrations SET finished_at = NULL')
    await expect(migrate({ url, now })).rejects.toThrow(new RegExp(`${name} was started but not finished`))
  })

  it('change nothing when one fails, and continue when it is fixed', async () => {
    const url = await emptyDatabase()
    const migrations = copyMigrations()
    await migrate({ url, now, folder: migrations })
    add(
      migrations,
      '29990101000000_more',
      'CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY); INSERT INTO nowhere VALUES (1);',
    )
    const failure = migrate({ url, now, folder: migrations })
    await expect(failure).rejects.toThrow(MigrationError)
    await expect(failure).rejects.toThrow(/29990101000000_more failed and was rolled back/)
    await expect(rows(url, 'SELECT * FROM more')).rejects.toThrow()
    writeFileSync(
      join(migrations, '29990101000000_more/migration.sql'),
      'CREATE TABLE more (id TEXT NOT NULL PRIMARY KEY);',
    )
    expect(await migrate({ url, now, folder: migrations })).toEqual(['29990101000000_more'])
  })

  it('leave a history that Prisma’s own engine accepts', async () => {
    const url = await emptyDatabase()
    await migrate({ url, now })
    expect(await diagnose(dialect, url, findMigrationFolder(dialect))).toMatchObject({
      history: null,
      failedMigrationNames: [],
      editedMigrationNames: [],
      hasMigrationsTable: true,
    })
  })

  it('lead to exactly the generated schema of the models', async () => {
    const folderOfProvider = resolve(findMigrationFolder(dialect), '..')
    const committed = readFileSync(join(folderOfProvider, 'schema.prisma'), 'utf8')
    const migrated = readFileSync(join(folderOfProvider, 'migrated.prisma'), 'utf8')
    expect(committed).toBe(schemaText(dialect))
    expect(await schemaDifference(dialect, migrated, committed)).toMatch(
      /^(-- This is an empty migration\.)?\s*$/,
    )
  })
}

describe('migrations on SQLite', () => suite('sqlite'))
describeWith(['postgresql'], 'migrations on PostgreSQL', () => suite('postgresql'))

it('migrations have the same names on both databases', () => {
  const [sqlite, postgresql] = (['sqlite', 'postgresql'] as const).map((dialect) =>
    readdirSync(findMigrationFolder(dialect)).sort(),
  )
  expect(sqlite).toEqual(postgresql)
})

it('migrations sort after those of the last release, which recognizes newer ones by this (SR-172)', () => {
  const paths = execFileSync('tar', ['-tzf', RECORDED_BUILD], { encoding: 'utf8' })
  const released = [...paths.matchAll(/^prisma\/sqlite\/migrations\/(\d{14}_\w+)\/$/gm)].map(
    ([, name = '']) => name,
  )
  const own = readdirSync(findMigrationFolder('sqlite')).filter((name) => /^\d{14}_/.test(name))
  expect(released.length).toBeGreaterThan(0)
  expect(own.toSorted().slice(0, released.length)).toEqual(released.toSorted())
})
