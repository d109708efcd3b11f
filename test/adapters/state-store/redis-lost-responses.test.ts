import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { COMMAND_TIMEOUT_MS, openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { AuthError } from '../../../src/core/errors.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import type { Backend } from '../../support/backends.ts'
import { isSignedIn, tryRefresh, type Refreshable } from '../../features/session-steps.ts'
import { startGateway } from '../../support/gateway.ts'
import { RefreshDocument, type SignInFragment } from '../../generated/graphql.ts'
import { createChoices, type Choices } from '../../process/history/random.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startProxy, type FaultProxy } from '../../support/servers/fault-proxy.ts'
import { eventually } from '../../support/servers/processes.ts'
import { connectionTo, startRedis, type RedisServer } from '../../support/servers/redis.ts'

const BACKEND: Backend = { name: 'SQLite and Redis', servers: ['redis'], database: 'sqlite', store: 'redis' }

describeWith(['redis'], 'a lost response of Redis', () => {
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function server(): Promise<RedisServer> {
    const redis = await startRedis()
    cleanups.push(() => redis.stop())
    return redis
  }

  /** A Redis server behind a proxy, with the proxy's URL. */
  async function startProxied(): Promise<{ url: string; proxy: FaultProxy }> {
    const proxy = await startProxy((await server()).port)
    cleanups.push(() => proxy.close())
    return { url: `redis://127.0.0.1:${proxy.port}`, proxy }
  }

  async function storeAt(url: string): Promise<StateStore> {
    const store = await openRedisStore({
      connection: connectionTo(url),
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    cleanups.push(() => store.close())
    return store
  }

  it('consumes a refresh token once: the retry gets the same successor (SR-138)', async () => {
    const { url, proxy } = await startProxied()
    const gateway = await startGateway(BACKEND, { REDIS_URL: url })
    cleanups.push(() => gateway.close())
    let person: SignInFragment = await gateway.signUp()
    // A refresh sends Redis two commands: lose the response of each in turn, and none in the third case.
    for (const nth of [1, 2, 3, 1, 2, 3]) {
      const token = person.accessToken
      proxy.loseResponse(nth)
      const first = await gateway.send(RefreshDocument, { refreshToken: person.refreshToken }, { token })
      proxy.loseResponse(0)
      expect([undefined, 'SERVICE_UNAVAILABLE']).toContain(first.code)
      const retry = await eventually(async () => {
        const response = await tryRefresh(gateway, person)
        return response.code !== 'SERVICE_UNAVAILABLE' && response
      }, 2000)
      expect(retry.code).toBeUndefined()
      const successor = retry.data?.refresh ?? person
      if (first.data) expect(first.data.refresh.refreshToken).toBe(successor.refreshToken)
      expect(readCounter(successor)).toBe(readCounter(person) + 1)
      await eventually(() => isSignedIn(gateway, successor), 2000)
      person = successor
    }
    expect(proxy.lost()).toBeGreaterThanOrEqual(4)
  })

  it('counts an increment once: nothing is sent again (SR-138)', async () => {
    const { url, proxy } = await startProxied()
    const store = await storeAt(url)
    let expected = (await store.increment('counter', MINUTE_MS)).count
    for (let round = 1; round <= 5; round += 1) {
      proxy.loseResponse(1)
      await expect(store.increment('counter', MINUTE_MS)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      })
      expect(proxy.lost()).toBe(round)
      await eventually(() => store.ping().then(() => true), 2000)
      expect(await store.increment('counter', MINUTE_MS)).toMatchObject({ count: (expected += 2) })
    }
  })

  it('is never replaced by the response for another key, through killed connections and pauses (SR-139)', async () => {
    const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 32))
    const redis = await server()
    const store = await storeAt(redis.url)
    const killer = new Redis(redis.url)
    cleanups.push(() => killer.disconnect())
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`)
    for (const key of keys) await store.set(key, `the value of ${key}`, MINUTE_MS)
    const until = performance.now() + 3000
    const seen = { correct: 0, unavailable: 0, wrong: [] as unknown[] }

    async function read(choices: Choices): Promise<void> {
      const requested = Array.from(
        { length: Math.floor(choices.between(1, 4)) },
        () => choices.pick(keys) ?? '',
      )
      const response = await store.get(requested).catch((error: unknown) => error)
      if (JSON.stringify(response) === JSON.stringify(requested.map((key) => `the value of ${key}`)))
        seen.correct += 1
      else if (isUnavailable(response)) seen.unavailable += 1
      else seen.wrong.push({ requested, response })
      await sleep(isUnavailable(response) ? 5 : 0)
    }

    async function disturb(choices: Choices): Promise<void> {
      await sleep(choices.between(50, 400))
      if (choices.chance(0.7))
        return void (await killer.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
      redis.pause()
      await sleep(COMMAND_TIMEOUT_MS + choices.between(20, 200))
      redis.resume()
    }

    await Promise.all(
      [disturb, ...Array<typeof read>(30).fill(read)].map(async (step, index) => {
        const choices = createChoices(seed + index)
        while (performance.now() < until) await step(choices)
      }),
    )
    expect(seen.wrong, `SOAK_SEED=${seed}`).toEqual([])
    expect(Math.min(seen.correct, seen.unavailable), `SOAK_SEED=${seed}`).toBeGreaterThan(50)
  })
})

/** The counter of a refresh token. */
function readCounter({ refreshToken }: Refreshable): number {
  return Number(refreshToken?.split('.')[1])
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'SERVICE_UNAVAILABLE'
}
