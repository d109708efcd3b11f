import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createLog } from '../../../src/http/log.ts'

// A second process that raises a counter: `sqlite-writer.ts <url> <key> <times>`. Says 'ready', waits for a word, says 'done' or what failed.
const [, , url = '', key = '', times = '0'] = process.argv
const database = await openDatabase(url, createLog('silent'))
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
