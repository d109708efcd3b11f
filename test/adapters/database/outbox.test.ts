import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Database } from '../../../src/adapters/database/database.ts'
import { openDatabase } from '../../../src/adapters/database/open-database.ts'
import { createOutbox } from '../../../src/adapters/database/outbox.ts'
import type { Outbox } from '../../../src/ports/outbox.ts'
import { BACKENDS, describeOn, freshDatabase, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { systemRandom } from '../../../src/core/secrets.ts'

const LOG = SILENT_LOGGER
const AT = Date.UTC(2030, 0, 1)
const after = (seconds: number) => new Date(AT + seconds * 1000)

describeOn(
  BACKENDS.filter(({ store }) => store === 'database'),
  'outbox messages',
  (backend) => {
    const folder = temporaryFolder()
    const databases: Database[] = []
    let nodes: readonly Outbox[]
    let messages: Outbox
    beforeAll(async () => {
      const url = await freshDatabase(backend.database, folder)
      databases.push(
        await openDatabase(url, { log: LOG, random: systemRandom }),
        await openDatabase(url, { log: LOG, random: systemRandom }),
      )
      nodes = databases.map(createOutbox)
      messages = nodes[0] as Outbox
    })
    beforeEach(async () => {
      for (const { id } of await messages.claim(after(1e6), after(1e6), 1000)) await messages.remove(id)
    })
    afterAll(async () => {
      for (const database of databases) await database.close()
      removeFolder(folder)
    })

    const add = (id: string, seconds = 0) =>
      messages.add({ id, sealed: `sealed ${id}`, createdAt: after(seconds), expiresAt: after(300) })

    it('are each claimed once by concurrent callers on two nodes', async () => {
      for (let index = 0; index < 200; index += 1) await add(`message-${index}`)
      const batches = await Promise.all(
        Array.from({ length: 60 }, (_, at) => (nodes[at % 2] ?? messages).claim(after(0), after(60), 5)),
      )
      const ids = batches.flat().map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(batches.every((batch) => batch.length <= 5)).toBe(true)
      const rest = await messages.claim(after(0), after(60), 1000)
      expect([...ids, ...rest.map(({ id }) => id)].length).toBe(200)
    })

    it('are claimed in due order, with sealed text and attempts, and are counted until they are removed', async () => {
      await add('later', 2)
      await add('sooner', 1)
      expect(await messages.claim(after(0), after(60), 10)).toEqual([])
      expect(await messages.claim(after(5), after(60), 1)).toEqual([
        {
          id: 'sooner',
          sealed: 'sealed sooner',
          attempts: 1,
          createdAt: after(1),
          expiresAt: after(300),
        },
      ])
      expect((await messages.claim(after(5), after(60), 10)).map(({ id }) => id)).toEqual(['later'])
      expect(await messages.readBacklog()).toEqual({ messages: 2, oldestAt: after(1) })
    })

    it('of one claim are ordered by age', async () => {
      const seconds = Array.from({ length: 50 }, (_, index) => (index * 37) % 50)
      for (const second of seconds) await add(`at ${second}`, second)
      const claimed = await messages.claim(after(60), after(120), 50)
      expect(claimed.map(({ id }) => id)).toEqual(seconds.map((_, index) => `at ${index}`))
    })

    it('are due again after their lease with one more attempt, unless they were removed', async () => {
      await add('killed')
      await add('sent')
      await messages.claim(after(0), after(60), 10)
      await messages.remove('sent')
      await messages.remove('sent')
      expect(await messages.claim(after(59), after(120), 10)).toEqual([])
      expect(await messages.claim(after(60), after(120), 10)).toMatchObject([{ id: 'killed', attempts: 2 }])
    })

    it('are rescheduled by the current lease only, not by an expired one', async () => {
      await add('one')
      const [first] = await messages.claim(after(0), after(60), 1)
      const [second] = await messages.claim(after(60), after(120), 1)
      if (!first || !second) throw new Error('the message must be due')
      await messages.reschedule(first, after(61))
      expect(await messages.claim(after(119), after(180), 1)).toEqual([])
      await messages.reschedule(second, after(100))
      expect(await messages.claim(after(100), after(180), 1)).toMatchObject([{ attempts: 3 }])
    })
  },
)
