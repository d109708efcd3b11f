import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { unavailable } from '../../src/core/errors.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { CreatePostDocument } from '../generated/graphql.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { openCacheReads } from '../support/cache-reads.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { UNLIMITED } from './password-steps.ts'

const CACHED = '{ me { id fullName } posts { nodes { title } } }'
const SETTINGS = { ...UNLIMITED, CACHE_ACCOUNT_SECONDS: '3600' }
const input = { title: 'A title', content: 'x', published: true }

/**
 * A memory store whose reads, or whose writes of generations, can fail, and in which the next session record
 * can expire between two calls.
 */
function createFailingStore() {
  const store = createMemoryStore({ now: Date.now })
  const failing = { reads: false, generations: false, nextRecord: false }
  const fail = () => Promise.reject(unavailable(new Error('down')))
  const overridden: StateStore = {
    ...store,
    get: (keys) => (failing.reads ? fail() : store.get(keys)),
    async set(key, ...rest) {
      if (failing.generations && key.startsWith('gen:')) return fail()
      if (!failing.nextRecord || !key.startsWith('session:')) return store.set(key, ...rest)
      failing.nextRecord = false
      return false
    },
  }
  return { store: overridden, failing }
}

describe('while the state store fails', () => {
  const [, memory] = BACKENDS as readonly [Backend, Backend]
  const { store, failing } = createFailingStore()
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(memory, SETTINGS, { store })))
  afterAll(() => gateway.close())

  it('no cached value is returned (SR-233)', async () => {
    const { accessToken: token } = await gateway.signUp()
    const readHits = await openCacheReads(gateway)
    for (let round = 0; round < 3; round += 1) await gateway.sendText(CACHED, {}, { token })
    const hits = await readHits('responses')
    expect(hits).toBeGreaterThan(0)
    failing.reads = true
    expect((await gateway.sendText(CACHED, {}, { token })).code).toBe('SERVICE_UNAVAILABLE')
    failing.reads = false
    expect(await readHits('responses')).toBe(hits)
    expect((await gateway.sendText(CACHED, {}, { token })).errors).toEqual([])
  })

  it('changes of posts are refused, and nothing is written (SR-233)', async () => {
    const { accessToken: token, user } = await gateway.signUp()
    failing.generations = true
    expect((await gateway.send(CreatePostDocument, { input }, { token })).code).toBe('SERVICE_UNAVAILABLE')
    failing.generations = false
    expect(await gateway.sql(`SELECT id FROM posts WHERE author_id = '${user.id}'`)).toEqual([])
  })

  it('an account can still be suspended and lose its roles: no cache keeps an operator from it', async () => {
    const { email, user } = await gateway.signUp()
    failing.generations = true
    const { administration } = gateway.app
    await administration.setRoles(email, ['EDITOR'])
    await administration.suspend(email)
    failing.generations = false
    const [row] = await gateway.sql<{ suspended: unknown; roles: string }>(
      `SELECT suspended_at AS suspended, roles FROM users WHERE id = '${user.id}'`,
    )
    expect([row?.suspended !== null, row?.roles]).toEqual([true, 'EDITOR'])
  })

  it('a session is not refused because its record expires while it is read', async () => {
    const { accessToken: token, session } = await gateway.signUp()
    await store.delete([`session:{${session.id}}`])
    failing.nextRecord = true
    expect((await gateway.sendText(CACHED, {}, { token })).errors).toEqual([])
    expect(failing.nextRecord).toBe(false)
  })
})
