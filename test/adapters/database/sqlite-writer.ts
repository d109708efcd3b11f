import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { systemRandom } from '../../../src/core/secrets.ts'

// A second process that increments a counter: `sqlite-writer.ts <url> <key> <times>`.
// Sends 'ready', waits for a message, and sends 'done' or the error.
const [, , url = '', key = '', times = '0'] = process.argv
const database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
process.send?.('ready')
process.once('message', () => void write())

async function write(): Promise<void> {
  try {
    for (let written = 0; written < Number(times); written += 1) {
      await database.run(
        (prisma) => prisma.$executeRaw`
        UPDATE state_entries SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = ${key}`,
      )
    }
    process.send?.('done')
  } catch (error) {
    process.send?.(String(error))
  }
  await database.close()
  process.disconnect()
}
