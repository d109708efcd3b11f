import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRedisTokenStorage, createTokenStorage } from '../../src/tokens/index.ts'
import { freshRedis } from '../../../test/support/backends.ts'
import { describeWith } from '../../../test/support/servers/binaries.ts'
import { startRedis, type RedisServer } from '../../../test/support/servers/redis.ts'
import { storageContract, token } from './storage-contract.ts'

describeWith(['redis'], 'on Redis', () => {
  storageContract(
    'the Redis storage',
    async () => {
      const url = await freshRedis()
      return {
        open: (now) => createRedisTokenStorage({ redis: { url }, ...(now && { now }) }),
        close: async () => undefined,
      }
    },
    { shares: true },
  )

  it('keeps a token as a hash under the prefix, which expires with the token', async () => {
    const redis = new Redis(await freshRedis())
    const storage = createRedisTokenStorage({ redis, keyPrefix: 'app:' })
    await storage.save('a', token('one', 30_000))
    expect(await redis.keys('*')).toEqual(['app:token:a'])
    expect(await redis.hgetall('app:token:a')).toEqual({
      accessToken: 'one',
      scopes: 'posts:read posts:write',
    })
    const ttl = await redis.pttl('app:token:a')
    expect(ttl).toBeGreaterThan(25_000)
    expect(ttl).toBeLessThanOrEqual(30_000)
    await storage.save('a', token('expired', -1))
    expect(await redis.keys('*')).toEqual([])
    // A client of the program stays open.
    await storage.close()
    expect(await redis.ping()).toBe('PONG')
    redis.disconnect()
  })

  it('tells the expiry by the clock of Redis, so that a machine with a wrong clock keeps the token', async () => {
    const url = await freshRedis()
    const [one, late] = [
      createRedisTokenStorage({ redis: { url } }),
      createRedisTokenStorage({ redis: { url }, now: () => Date.now() + 3600_000 }),
    ]
    await one.save('a', token('shared', 60_000))
    expect(await late.isValid('a', 30_000)).toBe(true)
    await one.close()
    await late.close()
  })
})

describeWith(['redis'], 'a Redis storage of the environment', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis(['--requirepass', 'a secret of Redis'])
  })
  afterAll(() => server.stop())

  const openStorage = (url: string, password?: string) =>
    createTokenStorage({
      GATEWAY_TOKEN_STORAGE: 'redis',
      GATEWAY_REDIS_URL: url,
      GATEWAY_REDIS_PASSWORD: password,
    })

  it('takes the password apart or in the URL', async () => {
    const inUrl = server.url.replace('//', `//:${encodeURIComponent('a secret of Redis')}@`)
    for (const storage of [openStorage(server.url, 'a secret of Redis'), openStorage(inUrl)]) {
      await storage.save('a', token('one'))
      expect(await storage.isValid('a')).toBe(true)
      await storage.close()
    }
  })

  it('rejects with the name of the variable for a wrong password, without the password', async () => {
    const storage = openStorage(server.url, 'another secret')
    const failure = await storage.load('a').catch((error: unknown) => error)
    expect(String(failure)).toMatch(/^TokenStorageError: GATEWAY_REDIS_URL: Redis failed/)
    expect(String(failure)).not.toContain('another secret')
    await storage.close()
  })

  it('rejects while Redis is down or hangs, without waiting for long, and works again afterwards', async () => {
    const storage = openStorage(server.url, 'a secret of Redis')
    await storage.save('a', token('one'))
    server.pause()
    await expect(storage.load('a')).rejects.toThrow(/^GATEWAY_REDIS_URL: Redis failed or did not respond/)
    server.resume()
    await server.crash()
    await expect(storage.exclusively('a', async () => 'work')).rejects.toThrow(/^GATEWAY_REDIS_URL/)
    await server.restart()
    await expect.poll(() => storage.load('a').catch(() => 'down'), { timeout: 20_000 }).toBeNull()
    await storage.close()
  })
})
