import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { findMigrationFolder } from '../../../src/adapters/database/migration-files.ts'
import { migrate } from '../../../src/adapters/database/migrations.ts'
import {
  BACKENDS,
  describeOn,
  emptyPostgresDatabase,
  readRows,
  removeFolder,
  temporaryFolder,
} from '../../support/backends.ts'

const now = () => Date.now()
const MIGRATION = /_post_storage$/

/** One of each database: migrations do not depend on the state store. */
const DATABASES = BACKENDS.filter(({ store }) => store === 'database')

describeOn(DATABASES, 'the migration that counts the storage of posts', ({ database }) => {
  const folders: string[] = []
  afterEach(() => folders.splice(0).forEach(removeFolder))

  /** A database of the version before the migration. */
  async function previousDatabase(): Promise<string> {
    const folder = temporaryFolder()
    folders.push(folder)
    const migrations = join(folder, 'migrations')
    cpSync(findMigrationFolder(database), migrations, { recursive: true })
    const names = readdirSync(migrations).sort()
    const first = names.findIndex((name) => MIGRATION.test(name))
    expect(first).toBeGreaterThan(0)
    for (const name of names.slice(first)) rmSync(join(migrations, name), { recursive: true, force: true })
    const url = database === 'sqlite' ? `file:${join(folder, 'gateway.db')}` : await emptyPostgresDatabase()
    await migrate({ url, now, folder: migrations })
    return url
  }

  it('counts the posts that exist, and keeps every row that refers to an account (SR-162, SR-229)', async () => {
    const url = await previousDatabase()
    for (const id of ['ada', 'bob'])
      await readRows(
        url,
        `INSERT INTO users (id, status, roles, created_at, updated_at) VALUES ('${id}', 'ACTIVE', 'USER', '2026-01-01', '2026-01-01')`,
      )
    for (const [id, content] of [
      ['first', 'four'],
      ['second', 'é'],
    ] as const)
      await readRows(
        url,
        `INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
         VALUES ('${id}', 'ada', 'Title', '${content}', TRUE, '2026-01-01', '2026-01-01')`,
      )
    await migrate({ url, now })
    expect(await readRows(url, 'SELECT id FROM posts ORDER BY id')).toMatchObject([
      { id: 'first' },
      { id: 'second' },
    ])
    const counters = await readRows<{ id: string; post_count: unknown; post_bytes: unknown }>(
      url,
      'SELECT id, post_count, post_bytes FROM users ORDER BY id',
    )
    expect(counters.map(({ id, ...row }) => [id, Number(row.post_count), Number(row.post_bytes)])).toEqual([
      ['ada', 2, 16],
      ['bob', 0, 0],
    ])
  })
})
