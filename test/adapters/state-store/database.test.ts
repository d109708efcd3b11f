import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createDatabaseStore } from '../../../src/adapters/state-store/database.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import {
  freshDatabase,
  freshPooledDatabase,
  removeFolder,
  temporaryFolder,
  type Backend,
} from '../../support/backends.ts'
import type { OpenStore } from './contract/open-store.ts'
import { stateStoreContract } from './contract/state-store.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { eventually } from '../../support/servers/processes.ts'

type Kind = Backend['database'] | 'pooled'

async function open(kind: Kind, sweepIntervalMs = 60_000) {
  const folder = temporaryFolder()
  const url = await (kind === 'pooled' ? freshPooledDatabase() : freshDatabase(kind, folder))
  const database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
  let time = Date.now()
  const store = createDatabaseStore({ database, now: () => time, sweepIntervalMs })
  const close = async () => {
    await store.close()
    await database.close()
    removeFolder(folder)
  }
  return { store, database, passTime: async (ms: number) => void (time += ms), close } satisfies OpenStore & {
    database: unknown
  }
}

function suite(kind: Kind): void {
  stateStoreContract(() => open(kind))

  it('deletes expired rows', async () => {
    const opened = await open(kind, 10)
    for (let index = 0; index < 20; index += 1) await opened.store.set(`key-${index}`, 'value', 100)
    await opened.store.set('live', 'value', 60_000)
    await opened.passTime(200)
    await eventually(async () => (await opened.database.prisma.stateEntry.count()) === 1)
    expect(await opened.store.get(['live'])).toEqual(['value'])
    await opened.close()
  })
}

describe('the database store on SQLite keeps the contract (SR-150)', () => suite('sqlite'))
describeWith(['postgresql'], 'the database store on PostgreSQL keeps the contract (SR-150)', () =>
  suite('postgresql'),
)
describeWith(
  ['postgresql', 'pgbouncer'],
  'the database store on PostgreSQL through PgBouncer keeps the contract (SR-150)',
  () => suite('pooled'),
)
