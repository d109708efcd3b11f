import { closeSync, existsSync, fsyncSync, openSync, readSync, statSync, unlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import Libsql from 'libsql'
import type { Random } from '../../core/secrets.ts'
import { openSqliteConnection } from './sqlite-opening.ts'

/** A backup was not written. The message says why, and what to do. */
export class BackupError extends Error {
  override readonly name = 'BackupError'
}

/**
 * Writes a copy of an SQLite database to a new file of mode 0600, while other processes read and write it.
 * Every transaction that was committed before the start is in the copy.
 *
 * `VACUUM INTO` copies in one read transaction, which under WAL blocks no writer. The backup API of SQLite
 * would start again after each write of another process, and the driver does not have it.
 */
export async function backUpSqlite(url: string, file: string, random: Random): Promise<void> {
  if (!url.startsWith('file:'))
    throw new BackupError('gateway backup copies SQLite databases only. Use pg_dump for PostgreSQL.')
  const source = url.slice('file:'.length)
  if (!existsSync(source)) throw new BackupError(`The database ${source} does not exist.`)
  createEmptyFile(file)
  try {
    await copyInto(url, file, random)
    checkIntegrity(file)
    for (const path of [file, dirname(file)]) sync(path)
  } catch (error) {
    unlinkSync(file)
    throw error
  }
}

/** Atomic, so that no file is overwritten. `VACUUM INTO` accepts an empty file and keeps its mode. */
function createEmptyFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST') throw new BackupError(`${file} exists already. A backup overwrites no file.`)
    if (code === 'ENOENT') throw new BackupError(`The folder of ${file} does not exist.`)
    throw error
  }
}

async function copyInto(url: string, file: string, random: Random): Promise<void> {
  const connection = await openSqliteConnection(url, random)
  try {
    connection.copyTo(file)
  } finally {
    connection.close()
  }
}

function checkIntegrity(file: string): void {
  const copy = new Libsql(file)
  try {
    const rows = copy.prepare<unknown[]>('PRAGMA integrity_check').raw(true).all() as string[][]
    if (rows[0]?.[0] !== 'ok')
      throw new BackupError('The copy is damaged and was deleted: check the database.')
  } finally {
    copy.close()
  }
}

/** A power failure after the message of success must not lose the copy. */
function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}

/** Bytes of a header of a database, and of the header of its first page (SQLite file format §1.3, §1.6). */
const HEADER_BYTES = 108
const WAL_VERSION = 2
const VERSION_OFFSET = 18
const SCHEMA_ENTRIES_OFFSET = 103

/**
 * Whether a database file has been in use and has no tables, and there is no `-wal` file with them: a copy of
 * the file alone. Reads the file without SQLite, which would change it. Call it before this process opens the
 * database: closing a descriptor drops the locks of the process.
 */
export function lacksWal(url: string): boolean {
  const path = url.slice('file:'.length)
  if (!url.startsWith('file:') || !existsSync(path) || hasContent(`${path}-wal`)) return false
  const header = Buffer.alloc(HEADER_BYTES)
  const descriptor = openSync(path, 'r')
  const length = readSync(descriptor, header, 0, HEADER_BYTES, 0)
  closeSync(descriptor)
  return (
    length === HEADER_BYTES &&
    header[VERSION_OFFSET] === WAL_VERSION &&
    header.readUInt16BE(SCHEMA_ENTRIES_OFFSET) === 0
  )
}

function hasContent(path: string): boolean {
  return existsSync(path) && statSync(path).size > 0
}
