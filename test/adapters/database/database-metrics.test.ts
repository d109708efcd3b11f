import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const NOW = new Date('2026-01-01T00:00:00.000Z')
const ACCOUNT = { id: 'user-1', status: 'ACTIVE', roles: 'USER', createdAt: NOW, updatedAt: NOW }

describe('the metrics of a database', () => {
  let metrics: Metrics
  let database: Database
  let folder: string
  beforeEach(async () => {
    folder = temporaryFolder()
    metrics = createMetrics({ ofProcess: false })
    const options = { log: SILENT_LOGGER, random: systemRandom, metrics }
    database = await openDatabase(await freshDatabase('sqlite', folder), options)
  })
  afterEach(async () => {
    await database.close()
    removeFolder(folder)
  })

  const readValue = async (name: string, labels: string) => {
    const line = (await metrics.read()).text
      .split('\n')
      .find((each) => each.startsWith(`${name}{${labels}} `))
    return line === undefined ? null : Number(line.split(' ').at(-1))
  }
  const countWork = (result: string) =>
    readValue('gateway_database_work_duration_seconds_count', `server="primary",result="${result}"`)

  it('tell regular results, such as a row that exists, from failures', async () => {
    const add = () => database.run((prisma) => prisma.user.create({ data: ACCOUNT }))
    await add()
    await expect(add()).rejects.toThrow()
    expect([await countWork('ok'), await countWork('failed')]).toEqual([2, null])
    await expect(database.run((prisma) => prisma.$queryRaw`SELECT nothing`)).rejects.toThrow()
    expect([await countWork('ok'), await countWork('failed')]).toEqual([2, 1])
    await database.close()
    await expect(database.ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(await countWork('unavailable')).toBe(1)
  })

  it('show the work in progress, the waiting work and the size of the pool', async () => {
    let release = () => {}
    const blocked = new Promise<void>((resolve) => (release = resolve))
    const work = Array.from({ length: database.connections + 3 }, () => database.run(() => blocked))
    const read = () =>
      Promise.all(
        ['size', 'active', 'waiting'].map((name) =>
          readValue(`gateway_database_pool_${name}`, 'server="primary"'),
        ),
      )
    expect(await read()).toEqual([database.connections, database.connections, 3])
    release()
    await Promise.all(work)
    expect(await read()).toEqual([database.connections, 0, 0])
  })
})
