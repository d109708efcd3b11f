import { afterEach, describe, expect, it } from 'vitest'
import { createAccountChanges } from '../../src/adapters/database/account-changes.ts'
import { openDatabase } from '../../src/adapters/database/open-database.ts'
import { createPosts } from '../../src/adapters/database/posts.ts'
import { createSecondFactors } from '../../src/adapters/database/second-factors.ts'
import { createSessions } from '../../src/adapters/database/sessions.ts'
import { createUsers } from '../../src/adapters/database/users.ts'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { AuthError, unavailable } from '../../src/core/errors.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import {
  ACCOUNT_CHANGE_CHANGES,
  POST_CHANGES,
  SECOND_FACTOR_CHANGES,
  SESSION_CHANGES,
  USER_CHANGES,
} from '../../src/features/caching/changes.ts'
import {
  CLOSED_TTL_MS,
  Generations,
  POSTS_GENERATION,
  type GenerationChange,
} from '../../src/features/caching/generations.ts'
import { trackChanges } from '../../src/features/caching/tracked-port.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../support/backends.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'

const KEY = POSTS_GENERATION
const CHANGE = { keys: [KEY], urgent: false }
const clock = { now: 0 }
const opened: StateStore[] = []

function createGenerations() {
  const store = createMemoryStore({ now: () => clock.now })
  opened.push(store)
  const generations = new Generations({ store, random: systemRandom, log: SILENT_LOGGER })
  const read = async () => generations.parse(KEY, (await store.get([KEY]))[0] ?? null)
  return { store, generations, read }
}

afterEach(async () => {
  clock.now = 0
  for (const store of opened.splice(0)) await store.close()
})

describe('a generation', () => {
  it('that is missing is not current, and is created for later requests', async () => {
    const { read } = createGenerations()
    expect(await read()).toBeNull()
    const created = await read()
    expect(created).toMatch(/^[\w-]{24}$/)
    expect(await read()).toBe(created)
  })

  it('never returns after the store has lost it (SR-231)', async () => {
    const { store, read } = createGenerations()
    await read()
    const before = await read()
    await store.delete([KEY])
    await read()
    expect(await read()).not.toBe(before)
  })

  it('is closed while a change is written, and is another one afterwards (SR-231)', async () => {
    const { generations, read } = createGenerations()
    await read()
    const before = await read()
    const during = await generations.change(CHANGE, read)
    const after = await read()
    expect(during).toBeNull()
    expect(after).not.toBeNull()
    expect(after).not.toBe(before)
  })

  it('stays closed when the writer stops, until no write can be in progress any more (SR-234)', async () => {
    const { generations, read } = createGenerations()
    // A process that was killed never ends its call.
    void generations.change(CHANGE, () => new Promise(() => undefined))
    clock.now = CLOSED_TTL_MS - 1
    expect(await read()).toBeNull()
    clock.now = CLOSED_TTL_MS
    await read()
    expect(await read()).not.toBeNull()
  })

  it('opens after a refusal, and stays closed after an outage that may have written (SR-234)', async () => {
    const { generations, read } = createGenerations()
    const failWith = (error: Error) => generations.change(CHANGE, () => Promise.reject(error))
    await expect(failWith(new AuthError('UNAUTHENTICATED'))).rejects.toThrow(AuthError)
    expect(await read()).not.toBeNull()
    await expect(failWith(unavailable(new Error('time-out')))).rejects.toThrow(AuthError)
    expect(await read()).toBeNull()
  })

  it('refuses a change, before it is written, while the state store fails (SR-233)', async () => {
    const { store, generations } = createGenerations()
    await store.close()
    let isWritten = false
    const change = generations.change(CHANGE, async () => (isWritten = true))
    await expect(change).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect(isWritten).toBe(false)
  })

  it('stays closed when the store fails after the write, which is reported as done (SR-234)', async () => {
    const { store, read } = createGenerations()
    let isDown = false
    const failing: StateStore = {
      ...store,
      set: (...args) => (isDown ? Promise.reject(unavailable(new Error('down'))) : store.set(...args)),
    }
    const writer = new Generations({ store: failing, random: systemRandom, log: SILENT_LOGGER })
    expect(await writer.change(CHANGE, async () => (isDown = true))).toBe(true)
    expect(await read()).toBeNull()
  })
})

describe('the changes of the ports', () => {
  it('classify every method that the adapters have, and no other (SR-231)', async () => {
    const folder = temporaryFolder()
    const url = await freshDatabase('sqlite', folder)
    const database = await openDatabase(url, { log: SILENT_LOGGER, random: systemRandom })
    const ports: [object, object][] = [
      [createUsers(database), USER_CHANGES],
      [createAccountChanges(database), ACCOUNT_CHANGE_CHANGES],
      [createSecondFactors(database), SECOND_FACTOR_CHANGES],
      [createSessions(database), SESSION_CHANGES],
      [createPosts(database), POST_CHANGES],
    ]
    for (const [port, changes] of ports)
      expect(Object.keys(changes).toSorted()).toEqual(Object.keys(port).toSorted())
    await database.close()
    removeFolder(folder)
  })

  it('are raised around the changing methods only', async () => {
    const changed: (readonly string[])[] = []
    const generations = {
      change<Result>({ keys }: GenerationChange, write: () => Promise<Result>) {
        changed.push(keys)
        return write()
      },
    }
    const port = { find: async (id: string) => id, rename: async (id: string, name: string) => id + name }
    const tracked = trackChanges<typeof port>(
      port,
      { changes: { find: null, rename: (id) => [`gen:${id}`] }, urgent: false },
      generations,
    )
    expect([await tracked.find('a'), await tracked.rename('a', 'b')]).toEqual(['a', 'ab'])
    expect(changed).toEqual([['gen:a']])
  })
})
