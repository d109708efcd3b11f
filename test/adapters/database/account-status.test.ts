import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findMigrationFolder } from '../../../src/adapters/database/migration-files.ts'
import { migrate } from '../../../src/adapters/database/migrations.ts'
import {
  EXTREMES,
  describeOn,
  emptyPostgresDatabase,
  readRows,
  removeFolder,
  temporaryFolder,
} from '../../support/backends.ts'

const now = Date.now
const AT = '2026-01-31T08:00:00.000+00:00'

describeOn(EXTREMES, 'the migration of the status', ({ database }) => {
  it('dates suspensions, and makes accounts pending again that were reinstated without a verified contact (SR-198)', async () => {
    const folder = temporaryFolder()
    const url = database === 'sqlite' ? `file:${join(folder, 'gateway.db')}` : await emptyPostgresDatabase()
    await migrate({ url, now, folder: copyMigrations(folder, database, 4) })
    const accounts = [
      ['suspended', 'SUSPENDED', `'${AT}'`],
      ['suspended-unconfirmed', 'SUSPENDED', 'NULL'],
      ['reinstated-unconfirmed', 'ACTIVE', 'NULL'],
      ['active', 'ACTIVE', `'${AT}'`],
      ['pending', 'PENDING', 'NULL'],
    ] as const
    for (const [id, status, verifiedAt] of accounts) {
      await readRows(
        url,
        `INSERT INTO users (id, email, email_verified_at, status, roles, generation, created_at, updated_at)
         VALUES ('${id}', '${id}@example.com', ${verifiedAt}, '${status}', 'USER', 3, '${AT}', '${AT}')`,
      )
      await readRows(
        url,
        `INSERT INTO sessions (id, user_id, counter, methods, created_at, last_used_at, expires_at, absolute_expires_at)
         VALUES ('${id}', '${id}', 0, 'pwd', '${AT}', '${AT}', '${AT}', '${AT}')`,
      )
    }
    await migrate({ url, now })
    const rows = await readRows<Row>(
      url,
      `SELECT u.id, u.status, u.generation, u.suspended_at = u.updated_at AS dated, s.revoked_at AS revoked
       FROM users u JOIN sessions s ON s.user_id = u.id`,
    )
    const found = rows.map(({ id, status, generation, dated, revoked }) => [
      id,
      [status, Number(generation), Boolean(dated), revoked !== null],
    ])
    expect(Object.fromEntries(found)).toEqual({
      suspended: ['SUSPENDED', 3, true, false],
      'suspended-unconfirmed': ['SUSPENDED', 3, true, false],
      'reinstated-unconfirmed': ['PENDING', 4, false, true],
      active: ['ACTIVE', 3, false, false],
      pending: ['PENDING', 3, false, false],
    })
    const [revoked] = rows.filter(({ revoked }) => revoked !== null)
    expect(Math.abs(new Date(revoked?.revoked ?? 0).getTime() - now())).toBeLessThan(600_000)
    removeFolder(folder)
  })
})

interface Row {
  readonly id: string
  readonly status: string
  readonly generation: number
  readonly dated: unknown
  readonly revoked: string | Date | null
}

/** A folder with the first migrations of a database. */
function copyMigrations(folder: string, database: 'sqlite' | 'postgresql', count: number): string {
  const source = findMigrationFolder(database)
  const names = readdirSync(source, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const copy = join(folder, 'migrations')
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, count))
    cpSync(join(source, name), join(copy, name), { recursive: true })
  return copy
}
