import { afterAll, beforeAll } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { freshDatabase, removeFolder, temporaryFolder, type Backend } from '../../support/backends.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { seedRows } from './seed-rows.ts'

/** Opens a database with many rows for the tests of a suite. Returns the function that returns it. */
export function useSeededDatabase(kind: Backend['database']): () => Database {
  const folder = temporaryFolder()
  let database: Database
  beforeAll(async () => {
    const url = await freshDatabase(kind, folder)
    await seedRows(url)
    database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
  })
  afterAll(async () => {
    await database.close()
    removeFolder(folder)
  })
  return () => database
}
