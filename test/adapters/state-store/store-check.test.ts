import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { checkStateStore } from '../../../src/adapters/state-store/index.ts'
import type { StoreFinding } from '../../../src/adapters/state-store/store-finding.ts'
import { loadConfig } from '../../../src/config/load-config.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startMemcached } from '../../support/servers/memcached.ts'
import { freePort } from '../../support/servers/processes.ts'
import { startRedisCluster, type RedisClusterServers } from '../../support/servers/redis-cluster.ts'
import { startSentinelGroup, type SentinelGroup } from '../../support/servers/redis-sentinel.ts'
import { startSecured, type RedisInstallation } from '../../support/servers/redis-shapes.ts'
import { startRedis, type RedisServer } from '../../support/servers/redis.ts'

type Variables = Record<string, string>

function check(variables: Variables): Promise<readonly StoreFinding[]> {
  const { store } = loadConfig({ variables, readFile: () => '' })
  return checkStateStore(store.stateStore, { random: systemRandom })
}

/** Every finding that is no note, as `severity problem`. */
async function findProblems(variables: Variables): Promise<string> {
  const findings = await check(variables)
  return findings
    .filter(({ severity }) => severity !== 'note')
    .map(({ severity, problem }) => `${severity} ${problem}`)
    .join('\n')
}

describeWith(['redis'], 'the check of Redis at the start', () => {
  const cleanups: (() => unknown)[] = []
  let redis: RedisServer
  beforeAll(async () => void (redis = await startRedis()))
  afterAll(() => redis.stop())
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  async function server(extra?: readonly string[]): Promise<RedisServer> {
    const started = await startRedis(extra)
    cleanups.push(() => started.stop())
    return started
  }

  async function run(target: RedisServer, ...commands: readonly (readonly string[])[]): Promise<void> {
    const client = new Redis(target.port)
    for (const [name = '', ...args] of commands) await client.call(name, args)
    client.disconnect()
  }

  it('finds nothing at a usable server, and leaves nothing there', async () => {
    expect(await findProblems({ REDIS_URL: redis.url })).toBe('')
    const client = new Redis(redis.port)
    expect(await client.keys('*')).toEqual([])
    client.disconnect()
  })

  it('finds nothing at a server that is down or hangs: the gateway waits for it', async () => {
    expect(await findProblems({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` })).toBe('')
    redis.pause()
    expect(await findProblems({ REDIS_URL: redis.url })).toBe('')
    redis.resume()
  })

  it('refuses a wrong or missing password (SR-265)', async () => {
    const { port } = await server(['--requirepass', 'secret'])
    const host = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port) }
    expect(await findProblems(host)).toMatch(/^refusal REDIS_PASSWORD: /)
    expect(await findProblems({ ...host, REDIS_PASSWORD: 'wrong' })).toMatch(/^refusal REDIS_PASSWORD: /)
    expect(await findProblems({ ...host, REDIS_PASSWORD: 'secret' })).toBe('')
  })

  it.each([
    '-getdel',
    '-evalsha',
    '-mget',
    '-set',
    '-del',
    '-incr',
    '-pexpire',
    'resetkeys',
    'resetchannels',
  ])('refuses a user without a right that the store needs: %s (SR-265)', async (rule) => {
    await run(redis, ['ACL', 'SETUSER', 'limited', 'reset', 'on', '>p', '~*', '&*', '+@all', rule])
    const host = { REDIS_HOST: '127.0.0.1', REDIS_PORT: String(redis.port) }
    const problems = await findProblems({ ...host, REDIS_USERNAME: 'limited', REDIS_PASSWORD: 'p' })
    expect(problems).toMatch(/^refusal REDIS_USERNAME: Redis forbids .*(NOPERM|can't run)/)
  })

  it.each([
    ['maxmemory-policy', 'allkeys-lru', /^warning maxmemory-policy of Redis is allkeys-lru/],
    ['maxmemory-policy', 'volatile-ttl', /^warning maxmemory-policy of Redis is volatile-ttl/],
    ['maxmemory', '1', /^warning the memory of Redis is full/],
  ])('warns of %s %s (SR-143)', async (name, value, expected) => {
    const target = await server()
    await run(target, ['CONFIG', 'SET', name, value])
    expect(await findProblems({ REDIS_URL: target.url })).toMatch(expected)
  })

  it('warns of a replica, of a primary that can continue alone, and of missing replicas (SR-142)', async () => {
    const primary = await server()
    const replica = await server(['--replicaof', '127.0.0.1', String(primary.port)])
    await expect
      .poll(() => findProblems({ REDIS_URL: primary.url }))
      .toMatch(/^warning a primary that is cut off/)
    expect(await findProblems({ REDIS_URL: replica.url })).toMatch(
      /^warning Redis is a replica and refuses writes/,
    )
    expect(await findProblems({ REDIS_URL: primary.url, REDIS_WAIT_REPLICAS: '1' })).toBe('')
    expect(await findProblems({ REDIS_URL: primary.url, REDIS_WAIT_REPLICAS: '2' })).toMatch(
      /^warning REDIS_WAIT_REPLICAS is 2 and 1 replicas are connected/,
    )
    await run(primary, ['CONFIG', 'SET', 'min-replicas-to-write', '1'])
    await expect.poll(() => findProblems({ REDIS_URL: primary.url })).toBe('')
  })

  it('warns of a server on another host without TLS or password (SR-153)', async () => {
    const host = { REDIS_HOST: 'redis.invalid' }
    expect(await findProblems(host)).toMatch(
      /^warning Redis on another host is used without TLS and a password/,
    )
    expect(await findProblems({ ...host, REDIS_TLS: 'on' })).toMatch(/without a password/)
    expect(await findProblems({ ...host, REDIS_TLS: 'on', REDIS_PASSWORD: 'p' })).toBe('')
  })
})

describeWith(['redis'], 'the check of the shape of Redis at the start', () => {
  let cluster: RedisClusterServers
  let group: SentinelGroup
  let secured: RedisInstallation
  let single: RedisServer
  beforeAll(async () => {
    ;[cluster, group, secured, single] = await Promise.all([
      startRedisCluster(),
      startSentinelGroup({ sentinelPassword: 'watch' }),
      startSecured(),
      startRedis(),
    ])
  })
  afterAll(() => Promise.all([cluster, group, secured, single].map((servers) => servers.stop())))

  it('finds nothing where the settings and the servers agree', async () => {
    const sentinels = { REDIS_SENTINELS: group.sentinels, REDIS_SENTINEL_NAME: group.name }
    expect(await findProblems({ REDIS_CLUSTER: cluster.seeds })).toBe('')
    expect(
      await findProblems({ ...sentinels, REDIS_SENTINEL_PASSWORD: 'watch', REDIS_WAIT_REPLICAS: '1' }),
    ).toBe('')
    expect(await findProblems(secured.settings)).toBe('')
  })

  it('refuses a node of a cluster, a single server, and a Sentinel under the name of another shape (SR-265)', async () => {
    const node = cluster.seeds.split(',')[0]
    expect(await findProblems({ REDIS_URL: `redis://${node}` })).toMatch(
      /^refusal REDIS_CLUSTER: .*set REDIS_CLUSTER/,
    )
    const plain = { REDIS_CLUSTER: `127.0.0.1:${single.port}` }
    expect(await findProblems(plain)).toMatch(/^refusal REDIS_CLUSTER: .*not in cluster mode/)
    const sentinel = { REDIS_URL: `redis://:watch@${group.sentinels.split(',')[0]}` }
    expect(await findProblems(sentinel)).toMatch(/^refusal (REDIS_SENTINELS|REDIS_URL): /)
  })

  it('refuses an unknown group and a wrong password of the Sentinels (SR-265)', async () => {
    const sentinels = { REDIS_SENTINELS: group.sentinels, REDIS_SENTINEL_PASSWORD: 'watch' }
    expect(await findProblems({ ...sentinels, REDIS_SENTINEL_NAME: 'other' })).toMatch(
      /^refusal REDIS_SENTINEL_NAME: /,
    )
    const wrong = { ...sentinels, REDIS_SENTINEL_NAME: group.name, REDIS_SENTINEL_PASSWORD: 'wrong' }
    expect(await findProblems(wrong)).toMatch(/^refusal REDIS_SENTINEL_PASSWORD: /)
  })

  it('warns if the user of the Sentinels may not hear of a fail-over, and takes the rights of the docs', async () => {
    const setUser = async (...rights: readonly string[]) => {
      for (const address of group.sentinels.split(',')) {
        const sentinel = new Redis(Number(address.split(':')[1]), { password: 'watch', protocol: 2 })
        await sentinel.call('ACL', ['SETUSER', 'gateway', 'reset', 'on', '>secret', '-@all', ...rights])
        sentinel.disconnect()
      }
      return findProblems({
        ...{ REDIS_SENTINELS: group.sentinels, REDIS_SENTINEL_NAME: group.name, REDIS_WAIT_REPLICAS: '1' },
        ...{ REDIS_SENTINEL_USERNAME: 'gateway', REDIS_SENTINEL_PASSWORD: 'secret' },
      })
    }
    const page = readFileSync(join(import.meta.dirname, '../../../docs/state-stores.md'), 'utf8')
    const rights = /user of the Sentinels needs `([^`]+)`/.exec(page)?.[1]?.split(/\s+/) ?? []
    expect(await setUser(...rights)).toBe('')
    const silent = rights.filter((right) => right.startsWith('+sentinel|'))
    expect(await setUser(...silent)).toMatch(/^warning REDIS_SENTINEL_USERNAME: .*\+switch-master/)
  })

  it('refuses a certificate of an unknown authority or another host (SR-264)', async () => {
    const { REDIS_CA: _, ...untrusting } = secured.settings
    expect(await findProblems(untrusting)).toMatch(/^refusal REDIS_CA: .*SELF_SIGNED/)
    const elsewhere = { ...secured.settings, REDIS_HOST: 'localhost' }
    expect(await findProblems(elsewhere)).toMatch(/^refusal REDIS_CA: .*ALTNAME/)
  })
})

describeWith(['memcached'], 'the check of Memcached at the start', () => {
  it('says what a restart loses, and refuses evictions and a server without CAS (SR-151)', async () => {
    const servers = await Promise.all([['-M'], [], ['-M', '-C']].map((options) => startMemcached(options)))
    const [usable, evicting, withoutCas] = await Promise.all(
      servers.map(({ address }) => findProblems({ MEMCACHED_SERVERS: address })),
    )
    expect(usable).toMatch(/^warning Memcached keeps nothing over a restart/)
    expect(evicting).toMatch(/^refusal MEMCACHED_SERVERS: .* start it with -M/)
    expect(withoutCas).toMatch(/^refusal MEMCACHED_SERVERS: .* without CAS/)
    for (const server of servers) await server.stop()
    const { address } = servers[0] ?? { address: '' }
    expect(await findProblems({ MEMCACHED_SERVERS: address })).toMatch(/^warning Memcached keeps nothing/)
  })
})
