import type { GraphQLResolveInfo } from 'graphql'
import { RedisStore, getGraphQLRateLimiter } from 'graphql-rate-limit'
import { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRedisStore } from '../../src/adapters/state-store/redis.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { freshRedis } from '../support/backends.ts'
import { describeWith } from '../support/servers/binaries.ts'

/** Times that a window allows. */
const N = 20
const WINDOW_MS = 60_000

/** One attempt by somebody, through the first or the second client. */
type Attempt = (client: 0 | 1) => Promise<boolean>

describeWith(['redis'], 'ten times N attempts at once, over two clients of one Redis', () => {
  let url: string
  let clients: readonly [Redis, Redis]
  beforeAll(async () => {
    url = await freshRedis()
    clients = [new Redis(url), new Redis(url)]
  })
  afterAll(() => clients.forEach((client) => client.disconnect()))

  /** What each of all the attempts was told. */
  const decisions = (attempt: Attempt) =>
    Promise.all(Array.from({ length: 10 * N }, (_, index) => attempt(index % 2 ? 1 : 0)))
  const granted = (told: readonly boolean[]) => told.filter(Boolean).length

  it('are granted N by ours and N by rate-limiter-flexible, which decide alike as attempts come one by one (SR-081)', async () => {
    const stores = await Promise.all(
      [0, 1].map(() => openRedisStore({ url, log: SILENT_LOGGER, random: systemRandom })),
    )
    const limiters = clients.map(
      (storeClient) => new RateLimiterRedis({ storeClient, points: N, duration: WINDOW_MS / 1000 }),
    )
    const ours =
      (key: string): Attempt =>
      async (client) =>
        (await stores[client]?.reserve(key, { max: N, windowMs: WINDOW_MS }))?.granted ?? false
    const theirs =
      (key: string): Attempt =>
      async (client) => {
        try {
          await limiters[client]?.consume(key)
          return true
        } catch (refusal) {
          if (refusal instanceof RateLimiterRes) return false
          throw refusal
        }
      }
    expect(granted(await decisions(ours('limit:ours')))).toBe(N)
    expect(granted(await decisions(theirs('theirs')))).toBe(N)
    const [one, other] = [ours('limit:by-one'), theirs('by-one')]
    for (let tried = 1; tried <= N + 5; tried += 1)
      expect([await one(0), await other(0)]).toEqual([tried <= N, tried <= N])
    await Promise.all(stores.map((store) => store.close()))
  })

  it('are nearly all granted by the stores of graphql-rate-limit, which is why it has one of ours', async () => {
    const limiters = clients.map((client) =>
      getGraphQLRateLimiter({ identifyContext: () => 'somebody', store: new RedisStore(client) }),
    )
    const call = {
      parent: {},
      args: {},
      context: {},
      info: { fieldName: 'login' } as GraphQLResolveInfo,
    }
    const attempt: Attempt = async (client) =>
      (await limiters[client]?.(call, { max: N, window: `${WINDOW_MS}ms` })) === undefined
    expect(granted(await decisions(attempt))).toBeGreaterThan(5 * N)
  })
})
