import { describe, expect, it } from 'vitest'
import type { RedisConnection } from '../../src/config/groups/redis-connection.ts'
import { loadConfig, type Config } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'

function load(variables: Record<string, string>): Config {
  return loadConfig({ variables, readFile: () => '' })
}

function readRedis(variables: Record<string, string>): RedisConnection | null {
  const { stateStore } = load(variables).store
  return stateStore.kind === 'redis' ? stateStore.connection : null
}

const findProblems = (variables: Record<string, string>) => collectProblems(() => load(variables))

const SENTINELS = { REDIS_SENTINELS: '10.0.0.1, [::1]:5000,s.example.com:26380' }

describe('the shape of Redis', () => {
  it('is a single server of a URL or a host, with or without TLS', () => {
    expect(readRedis({ REDIS_URL: 'rediss://user:secret@[::1]:6380/2' })).toEqual({
      servers: { shape: 'single', host: '::1', port: 6380 },
      ...{ username: 'user', password: 'secret', database: 2, prefix: 'gw' },
      tls: { ca: null, cert: null, key: null },
    })
    expect(readRedis({ REDIS_HOST: 'h', REDIS_TLS: 'on' })?.tls).toEqual({ ca: null, cert: null, key: null })
    expect(readRedis({ REDIS_HOST: 'h' })?.tls).toBeNull()
  })

  it.each([
    ['/run/redis/redis.sock', { path: '/run/redis/redis.sock', database: 0, username: null, password: null }],
    ['unix:///run/redis.sock?db=7', { path: '/run/redis.sock', database: 7, username: null, password: null }],
    [
      'unix:///run/my%20redis.sock',
      { path: '/run/my redis.sock', database: 0, username: null, password: null },
    ],
  ])('is a Unix socket: %s', (url, { path, ...expected }) =>
    expect(readRedis({ REDIS_URL: url })).toMatchObject({ servers: { shape: 'socket', path }, ...expected }),
  )

  it('is a group of Sentinels, which have credentials and TLS of their own', () => {
    const settings = { ...SENTINELS, REDIS_SENTINEL_NAME: 'main', REDIS_PASSWORD: 'p', REDIS_DB: '3' }
    expect(readRedis(settings)).toMatchObject({
      servers: {
        ...{ shape: 'sentinel', name: 'main', sentinelTls: null },
        sentinels: [
          { host: '10.0.0.1', port: 26379 },
          { host: '::1', port: 5000 },
          { host: 's.example.com', port: 26380 },
        ],
        sentinelCredentials: { username: null, password: null },
      },
      ...{ password: 'p', database: 3, tls: null },
    })
    const own = {
      REDIS_SENTINEL_USERNAME: 'u',
      REDIS_SENTINEL_PASSWORD: 's',
      REDIS_TLS: 'on',
      REDIS_SENTINEL_TLS: 'off',
    }
    expect(readRedis({ ...settings, ...own })).toMatchObject({
      servers: { sentinelCredentials: { username: 'u', password: 's' }, sentinelTls: null },
      tls: { ca: null },
    })
    expect(readRedis({ ...settings, REDIS_TLS: 'on' })?.servers).toMatchObject({ sentinelTls: { ca: null } })
  })

  it('is a cluster, of which any nodes are named', () =>
    expect(
      readRedis({ REDIS_CLUSTER: 'a:7000,b', REDIS_USERNAME: 'u', REDIS_PASSWORD: 'p@:/#%' }),
    ).toMatchObject({
      servers: {
        shape: 'cluster',
        seeds: [
          { host: 'a', port: 7000 },
          { host: 'b', port: 6379 },
        ],
      },
      ...{ username: 'u', password: 'p@:/#%' },
    }))

  it('takes the password beside a URL that has none', () =>
    expect(readRedis({ REDIS_URL: 'redis://h', REDIS_PASSWORD: 'p#' })?.password).toBe('p#'))

  it.each<[Record<string, string>, string]>([
    [
      { REDIS_CLUSTER: 'a', REDIS_URL: 'redis://a' },
      'REDIS_URL: must not be set together with REDIS_CLUSTER',
    ],
    [{ ...SENTINELS, REDIS_HOST: 'a' }, 'REDIS_HOST: must not be set together with REDIS_SENTINELS'],
    [SENTINELS, 'REDIS_SENTINEL_NAME: required with REDIS_SENTINELS'],
    [{ REDIS_CLUSTER: 'a', REDIS_DB: '1' }, 'REDIS_DB: must be 0 with REDIS_CLUSTER'],
    [
      { REDIS_URL: 'redis://:p@a', REDIS_PASSWORD: 'p' },
      'REDIS_PASSWORD: must not be set together with a password',
    ],
    [{ REDIS_HOST: 'a', REDIS_USERNAME: 'u' }, 'REDIS_PASSWORD: required with REDIS_USERNAME'],
    [{ REDIS_HOST: 'a', REDIS_CA: 'x' }, 'REDIS_CA: requires TLS'],
    [{ REDIS_URL: 'rediss://a', REDIS_CA: 'x' }, 'REDIS_CA: expected certificates in PEM'],
    [{ REDIS_URL: 'rediss://a', REDIS_CERT: 'x' }, 'REDIS_KEY: required with REDIS_CERT'],
    [{ REDIS_HOST: 'a', REDIS_PREFIX: 'a{b}' }, 'REDIS_PREFIX: expected 1 to 40 letters'],
    [{ REDIS_HOST: 'a', REDIS_PREFIX: 'a:b' }, 'REDIS_PREFIX: expected 1 to 40 letters'],
    [{ REDIS_CLUSTER: 'a, b:x' }, 'REDIS_CLUSTER: expected addresses such as'],
    [{ REDIS_CLUSTER: 'redis://a' }, 'REDIS_CLUSTER: expected addresses such as'],
    [{ REDIS_CLUSTER: 'a:70000' }, 'REDIS_CLUSTER: expected addresses such as'],
    [{ REDIS_URL: 'redis://a/one' }, 'REDIS_URL: expected nothing but the number of a database'],
    [{ REDIS_URL: 'redis://a?ssl=true' }, 'REDIS_URL: expected nothing but the number of a database'],
    [{ REDIS_URL: 'http://a' }, 'REDIS_URL: expected redis://…, rediss://… or the path of a Unix socket'],
    [{ STATE_STORE: 'memcached' }, 'MEMCACHED_SERVERS: required with STATE_STORE=memcached'],
    [{ MEMCACHED_SERVERS: '[::1]' }, 'MEMCACHED_SERVERS: expected host names or IPv4 addresses'],
    [{ MEMCACHED_SERVERS: 'a', REDIS_HOST: 'b' }, 'STATE_STORE: required where both'],
    [{ MEMCACHED_SERVERS: 'a', MEMCACHED_CA: 'x' }, 'MEMCACHED_CA: requires MEMCACHED_TLS=on'],
    [{ MEMCACHED_SERVERS: 'a', REDIS_WAIT_REPLICAS: '1' }, 'REDIS_WAIT_REPLICAS: must be 0 unless'],
  ])('is rejected with one line that names the setting: %j', (variables, problem) => {
    const problems = findProblems(variables)
    expect(
      problems.filter((one) => one.startsWith(problem)),
      problems.join(),
    ).toHaveLength(1)
    expect(problems.join()).not.toContain('\n')
  })
})

describe('the settings of Memcached', () => {
  it('select its store and name its servers', () =>
    expect(load({ MEMCACHED_SERVERS: 'a,b:1', MEMCACHED_TLS: 'on' }).store.stateStore).toEqual({
      kind: 'memcached',
      servers: [
        { host: 'a', port: 11211 },
        { host: 'b', port: 1 },
      ],
      tls: { ca: null },
      prefix: 'gw',
    }))
})
