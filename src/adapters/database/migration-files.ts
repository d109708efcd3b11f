import { createHash } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Dialect } from './database.ts'

/** A migration file of the package. */
export interface MigrationFile {
  /** Folder name: UTC timestamp and a short title. */
  readonly name: string
  readonly script: string
  /** SHA-256 of the script in hexadecimal, as Prisma computes it. */
  readonly checksum: string
}

/** Folder of a dialect's migrations, at the same relative path from src/ and dist/. */
export function findMigrationFolder(dialect: Dialect): string {
  return join(import.meta.dirname, '../../../prisma', dialect, 'migrations')
}

/** The migrations of a folder, ordered by name. */
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
