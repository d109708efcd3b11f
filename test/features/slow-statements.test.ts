import pg from 'pg'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/database/open-database.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'

const UPDATE =
  'mutation ($id: ID!) { updatePost(id: $id, input: { title: "Changed while it is locked" }) { id } }'
const CREATE = 'mutation { createPost(input: { title: "A post", content: "Text", published: true }) { id } }'

// SQLite runs one statement at a time, and its writers are tested in sqlite.test.ts.
const backends = BACKENDS.filter(({ database }) => database === 'postgresql')

describeOn(backends, 'slow statements of one caller', (backend) => {
  let gateway: TestGateway
  beforeEach(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })
  })
  afterEach(() => gateway.close())

  it('refuse that caller alone: 32 of 32 other accounts are served meanwhile (SR-182, SR-183)', async () => {
    const slow = await gateway.signUp()
    const others = await Promise.all(Array.from({ length: 32 }, () => gateway.signUp(undefined, null)))
    const { data } = await gateway.sendText(CREATE, {}, { token: slow.accessToken })
    const { id } = data?.['createPost'] as { id: string }
    const locker = new pg.Client(gateway.environment['DATABASE_URL'])
    await locker.connect()
    await locker.query('BEGIN')
    await locker.query('SELECT * FROM posts WHERE id = $1 FOR UPDATE', [id])
    for (let round = 0; round < 2; round += 1) {
      const updates = Array.from({ length: 8 }, () =>
        gateway.sendText(UPDATE, { id }, { token: slow.accessToken }),
      )
      const seen = await Promise.all(
        others.map(({ accessToken: token }) => gateway.sendText('{ me { id } }', {}, { token })),
      )
      expect(seen.map(({ code }) => code)).toEqual(Array(32).fill(undefined))
      const refused = await Promise.all(updates)
      expect(refused.map(({ code }) => code)).toEqual(Array(8).fill('SERVICE_UNAVAILABLE'))
    }
    await locker.query('ROLLBACK')
    await locker.end()
    // The circuit has not opened: the slow caller is served, too.
    const { code } = await gateway.sendText(UPDATE, { id }, { token: slow.accessToken })
    expect(code).toBeUndefined()
  })

  it('leave the connections to other callers, and never open the circuit (SR-182, SR-183)', async () => {
    const database = await openDatabase(gateway.environment['DATABASE_URL'] ?? '', {
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    const sleepAs = (callerId: string) =>
      database.runFor(callerId, (prisma) => prisma.$executeRaw`SELECT pg_sleep(5)`)
    const slow = Promise.allSettled(Array.from({ length: 8 }, () => sleepAs('slow')))
    let isDone = false
    void slow.then(() => (isDone = true))
    let served = 0
    while (!isDone) {
      await database.runFor(`other ${served % 200}`, (prisma) => prisma.$queryRaw`SELECT 1 AS one`)
      served += 1
    }
    expect((await slow).map(({ status }) => status)).toEqual(Array(8).fill('rejected'))
    expect(served).toBeGreaterThan(32)
    await database.ping()
    await database.close()
  })
})
