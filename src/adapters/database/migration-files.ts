import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Dialect } from './database.ts'

/** A migration of the package. */
export interface MigrationFile {
  /** Folder name: UTC time stamp and a few words. */
  readonly name: string
  readonly script: string
  /** SHA-256 of the script in hexadecimal, as Prisma computes it. */
  readonly checksum: string
}

/** Folder of a dialect's migrations: the same two steps above src/ and dist/. */
export function migrationFolder(dialect: Dialect): string {
  return join(import.meta.dirname, '../../../prisma', dialect, 'migrations')
}

/** The migrations of a folder in the order of their names. */
export function readMigrations(folder: string): MigrationFile[] {
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  return names
    .map(({ name }) => {
      const bytes = readFileSync(join(folder, name, 'migration.sql'))
      return {
        name,
        script: bytes.toString('utf8'),
        checksum: createHash('sha256').update(bytes).digest('hex'),
      }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
