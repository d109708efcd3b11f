import { describe, expect, it } from 'vitest'
import type { RedisConnection } from '../../src/config/groups/redis-connection.ts'
import { loadConfig, type Config } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'

function load(variables: Record<string, string>): Config {
  return loadConfig({ variables, readFile: () => '' })
}

const findProblems = (variables: Record<string, string>) => collectProblems(() => load(variables))

function readRedis(variables: Record<string, string>): RedisConnection | null {
  const { stateStore } = load(variables).store
  return stateStore.kind === 'redis' ? stateStore.connection : null
}

describe('the URL of a server', () => {
  it.each([
    ['REDIS_URL', 'redis://:pa/ss@10.0.0.7:6379'],
    ['REDIS_URL', 'redis://:pa#ss@10.0.0.7:6379'],
    ['REDIS_URL', 'redis://user:pa?ss@10.0.0.7:6379/0'],
    ['REDIS_URL', 'redis://:pa%ss@10.0.0.7:6379'],
    ['REDIS_URL', 'redis://h:port'],
    ['DATABASE_URL', 'postgresql://u:pa/ss@db/app'],
    ['DATABASE_URL', 'postgresql://u:pa#ss@db/app'],
    ['DATABASE_URL', 'postgresql://u:p%ss@db/app'],
  ])('that does not parse is rejected under the name of its setting, %s, without its value', (name, url) => {
    const problems = findProblems({ [name]: url })
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: expected .*percent-encoded$`))])
    expect(problems.join()).not.toContain('ss@')
  })

  it.each([
    ['REDIS_URL', 'redis://:p%40%2F%23ss@10.0.0.7:6379/2'],
    ['REDIS_URL', 'rediss://user:secret@[::1]:6380'],
    ['DATABASE_URL', 'postgresql://u:p%40ss@db:5432/app?sslmode=require'],
    ['DATABASE_URL', 'postgresql:///app?host=/var/run/postgresql'],
    ['DATABASE_URL', 'file:./data/gateway.db'],
  ])('is accepted: %s %s', (name, url) => expect(findProblems({ [name]: url })).toEqual([]))

  it('is read from a host that is an IPv6 address', () => {
    expect(readRedis({ REDIS_HOST: '::1' })?.servers).toEqual({ shape: 'single', host: '::1', port: 6379 })
    expect(readRedis({ REDIS_HOST: '[2001:db8::7]', REDIS_PORT: '6380' })?.servers).toEqual({
      shape: 'single',
      host: '2001:db8::7',
      port: 6380,
    })
  })

  it('is read with a password with every character', () => {
    expect(readRedis({ REDIS_HOST: 'h', REDIS_PASSWORD: 'p@:/#%s' })?.password).toBe('p@:/#%s')
    expect(readRedis({ REDIS_URL: 'redis://:p%40%3A%2F%23%25s@h' })?.password).toBe('p@:/#%s')
  })
})

describe('a setting that is not used', () => {
  it('is not validated: Kubernetes injects REDIS_PORT for a service called redis', () => {
    expect(load({ REDIS_PORT: 'tcp://10.0.0.7:6379' }).store.stateStore).toEqual({ kind: 'database' })
    expect(load({ REDIS_DB: 'none' }).store.stateStore).toEqual({ kind: 'database' })
  })

  it('is validated once it is used, and the injected form of a port is accepted', () => {
    expect(readRedis({ REDIS_HOST: 'h', REDIS_PORT: 'tcp://10.0.0.7:6379' })?.servers).toMatchObject({
      host: 'h',
      port: 6379,
    })
    expect(findProblems({ REDIS_HOST: 'h', REDIS_PORT: 'tcp://10.0.0.7' })).toEqual([
      'REDIS_PORT: expected a whole number from 1 to 65535',
    ])
    expect(findProblems({ REDIS_HOST: 'h', REDIS_DB: 'none' })).toHaveLength(1)
  })
})

describe('the audience of tokens', () => {
  it.each(['a,b', 'a b', 'a, b'])('is one value: %s is rejected', (value) =>
    expect(findProblems({ JWT_AUDIENCE: value })).toEqual([
      'JWT_AUDIENCE: expected one audience, without commas and white space',
    ]),
  )
})

describe('a public URL with a path', () => {
  it.each([
    ['https://example.com/auth', 'https://example.com/auth/verify-email'],
    ['https://example.com/auth/', 'https://example.com/auth/verify-email'],
    ['https://example.com', 'https://example.com/verify-email'],
  ])('keeps its path in links: %s', (publicUrl, page) =>
    expect(load({ PUBLIC_URL: publicUrl }).otp.emailLink.page).toBe(page),
  )
})
