import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, expect, it } from 'vitest'
import { COMMAND_TIMEOUT_MS, openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { AuthError } from '../../../src/core/errors.ts'
import { createLog } from '../../../src/http/log.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import type { Backend } from '../../support/backends.ts'
import { isSignedIn, tryRefresh, type Refreshable } from '../../features/session-steps.ts'
import { startGateway } from '../../support/gateway.ts'
import { RefreshDocument, type SignInFragment } from '../../generated/graphql.ts'
import { createChoices, type Choices } from '../../process/history/random.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startProxy, type MeddlingProxy } from '../../support/servers/meddling-proxy.ts'
import { eventually } from '../../support/servers/processes.ts'
import { startRedis, type RedisServer } from '../../support/servers/redis.ts'

const LONG = 60_000
const BACKEND: Backend = { name: 'SQLite and Redis', servers: ['redis'], database: 'sqlite', store: 'redis' }

describeWith(['redis'], 'an answer of Redis that is lost', () => {
  const cleanups: (() => unknown)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function server(): Promise<RedisServer> {
    const redis = await startRedis()
    cleanups.push(() => redis.stop())
    return redis
  }

  /** A Redis behind a proxy, and its URL through that. */
  async function proxied(): Promise<{ url: string; proxy: MeddlingProxy }> {
    const proxy = await startProxy((await server()).port)
    cleanups.push(() => proxy.close())
    return { url: `redis://127.0.0.1:${proxy.port}`, proxy }
  }

  async function storeAt(url: string): Promise<StateStore> {
    const store = await openRedisStore({ url, log: createLog('silent') })
    cleanups.push(() => store.close())
    return store
  }

  it('consumes a refresh token once though an answer of Redis is lost: the retry gets the same successor (138)', async () => {
    const { url, proxy } = await proxied()
    const gateway = await startGateway(BACKEND, { REDIS_URL: url })
    cleanups.push(() => gateway.close())
    let person: SignInFragment = await gateway.signUp()
    // One of the questions that a refresh asks Redis, each in its turn, and for the third none.
    for (const nth of [1, 2, 3, 1, 2, 3]) {
      const token = person.accessToken
      proxy.loseAnswer(nth)
      const first = await gateway.send(RefreshDocument, { refreshToken: person.refreshToken }, { token })
      proxy.loseAnswer(0)
      expect([undefined, 'SERVICE_UNAVAILABLE']).toContain(first.code)
      const retry = await eventually(async () => {
        const answer = await tryRefresh(gateway, person)
        return answer.code !== 'SERVICE_UNAVAILABLE' && answer
      }, 2000)
      expect(retry.code).toBeUndefined()
      const successor = retry.data?.refresh ?? person
      if (first.data) expect(first.data.refresh.refreshToken).toBe(successor.refreshToken)
      expect(numberOf(successor)).toBe(numberOf(person) + 1)
      await eventually(() => isSignedIn(gateway, successor), 2000)
      person = successor
    }
    expect(proxy.lost()).toBeGreaterThanOrEqual(4)
  })

  it('counts once what was counted though its answer is lost: nothing is sent again (138)', async () => {
    const { url, proxy } = await proxied()
    const store = await storeAt(url)
    let expected = (await store.increment('counter', LONG)).count
    for (let round = 1; round <= 5; round += 1) {
      proxy.loseAnswer(1)
      await expect(store.increment('counter', LONG)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      expect(proxy.lost()).toBe(round)
      await eventually(() => store.ping().then(() => true), 2000)
      expect(await store.increment('counter', LONG)).toMatchObject({ count: (expected += 2) })
    }
  })

  it('gives every answer to the key it was asked for, through kills and pauses (139)', async () => {
    const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 32))
    const redis = await server()
    const store = await storeAt(redis.url)
    const killer = new Redis(redis.url)
    cleanups.push(() => killer.disconnect())
    const keys = Array.from({ length: 100 }, (_, index) => `key-${index}`)
    for (const key of keys) await store.set(key, `the value of ${key}`, LONG)
    const until = performance.now() + 3000
    const seen = { right: 0, unavailable: 0, wrong: [] as unknown[] }

    async function ask(choices: Choices): Promise<void> {
      const asked = Array.from({ length: Math.floor(choices.between(1, 4)) }, () => choices.pick(keys) ?? '')
      const answer = await store.get(asked).catch((error: unknown) => error)
      if (JSON.stringify(answer) === JSON.stringify(asked.map((key) => `the value of ${key}`)))
        seen.right += 1
      else if (isUnavailable(answer)) seen.unavailable += 1
      else seen.wrong.push({ asked, answer })
      await sleep(isUnavailable(answer) ? 5 : 0)
    }

    async function meddle(choices: Choices): Promise<void> {
      await sleep(choices.between(50, 400))
      if (choices.chance(0.7))
        return void (await killer.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'))
      redis.pause()
      await sleep(COMMAND_TIMEOUT_MS + choices.between(20, 200))
      redis.resume()
    }

    await Promise.all(
      [meddle, ...Array<typeof ask>(30).fill(ask)].map(async (step, index) => {
        const choices = createChoices(seed + index)
        while (performance.now() < until) await step(choices)
      }),
    )
    expect(seen.wrong, `SOAK_SEED=${seed}`).toEqual([])
    expect(Math.min(seen.right, seen.unavailable), `SOAK_SEED=${seed}`).toBeGreaterThan(50)
  })
})

/** How many refreshes a refresh token stands for. */
function numberOf({ refreshToken }: Refreshable): number {
  return Number(refreshToken?.split('.')[1])
}

function isUnavailable(error: unknown): boolean {
  return error instanceof AuthError && error.code === 'SERVICE_UNAVAILABLE'
}
