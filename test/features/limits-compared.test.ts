import type { GraphQLResolveInfo } from 'graphql'
import { RedisStore, getGraphQLRateLimiter } from 'graphql-rate-limit'
import { Redis } from 'ioredis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRedisStore } from '../../src/adapters/state-store/redis.ts'
import { SILENT_LOGGER } from '../support/silent-logger.ts'
import { systemRandom } from '../../src/core/secrets.ts'
import { freshRedis } from '../support/backends.ts'
import { connectionTo } from '../support/servers/redis.ts'
import { describeWith } from '../support/servers/binaries.ts'

/** Maximum of a window. */
const N = 20
const WINDOW_MS = 60_000

/** One attempt of a caller, through the first or the second client. Returns whether it was granted. */
type Attempt = (client: 0 | 1) => Promise<boolean>

describeWith(['redis'], 'ten times N concurrent attempts over two clients of one Redis', () => {
  let url: string
  let clients: readonly [Redis, Redis]
  beforeAll(async () => {
    url = await freshRedis()
    clients = [new Redis(url), new Redis(url)]
  })
  afterAll(() => clients.forEach((client) => client.disconnect()))

  /** The decisions for all attempts, sent concurrently. */
  const attemptAll = (attempt: Attempt) =>
    Promise.all(Array.from({ length: 10 * N }, (_, index) => attempt(index % 2 ? 1 : 0)))
  const countGranted = (decisions: readonly boolean[]) => decisions.filter(Boolean).length

  it('are granted N times by the store of the gateway and by rate-limiter-flexible, which also agree on sequential attempts (SR-081)', async () => {
    const stores = await Promise.all(
      [0, 1].map(() =>
        openRedisStore({ connection: connectionTo(url), log: SILENT_LOGGER, random: systemRandom }),
      ),
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
    expect(countGranted(await attemptAll(ours('limit:ours')))).toBe(N)
    expect(countGranted(await attemptAll(theirs('theirs')))).toBe(N)
    const [one, other] = [ours('limit:by-one'), theirs('by-one')]
    for (let count = 1; count <= N + 5; count += 1)
      expect([await one(0), await other(0)]).toEqual([count <= N, count <= N])
    await Promise.all(stores.map((store) => store.close()))
  })

  it('are mostly granted by the Redis store of graphql-rate-limit, so the gateway gives it its own store', async () => {
    const limiters = clients.map((client) =>
      getGraphQLRateLimiter({ identifyContext: () => 'caller', store: new RedisStore(client) }),
    )
    const call = {
      parent: {},
      args: {},
      context: {},
      info: { fieldName: 'login' } as GraphQLResolveInfo,
    }
    const attempt: Attempt = async (client) =>
      (await limiters[client]?.(call, { max: N, window: `${WINDOW_MS}ms` })) === undefined
    expect(countGranted(await attemptAll(attempt))).toBeGreaterThan(5 * N)
  })
})
