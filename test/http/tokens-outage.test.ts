import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { unavailable } from '../../src/core/errors.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { decode } from '../core/token-forgery.ts'
import { isSignedIn, tryRefresh } from '../features/session-steps.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'
import { startRedis, type RedisServer } from '../support/servers/redis.ts'
import { SERVICE_SETTINGS, postForm } from '../support/token-endpoints.ts'

const UNAVAILABLE = [503, '{"error":"temporarily_unavailable"}', '1', 'no-store']

/** The response of an endpoint for a token. */
async function post(gateway: TestGateway, url: '/introspect' | '/revoke', token: string | null) {
  const { status, text, headers } = await postForm(gateway, url, { token: token ?? '' })
  return [status, text, headers['retry-after'], headers['cache-control']]
}

describe('a state store that is unavailable', () => {
  let failing: 'get' | 'set' | null = null
  const down = () => Promise.reject(unavailable(new Error('down')))
  const memory = createMemoryStore({ now: () => Date.now() })
  const store: StateStore = {
    ...memory,
    get: (keys) => (failing === 'get' ? down() : memory.get(keys)),
    set: (...entry) => (failing === 'set' ? down() : memory.set(...entry)),
  }
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], SERVICE_SETTINGS, { store })
  })
  afterAll(() => gateway.close())

  it('causes 503 for tokens that need it, on every attempt until it is available (SR-066, SR-072)', async () => {
    const person = await gateway.signUp()
    failing = 'get'
    for (const token of [person.accessToken, person.refreshToken])
      expect(await post(gateway, '/introspect', token)).toEqual(UNAVAILABLE)
    // A malformed token is rejected without the store.
    expect((await post(gateway, '/introspect', 'nonsense'))[1]).toBe('{"active":false}')
    failing = 'set'
    for (let attempt = 0; attempt < 2; attempt += 1)
      expect(await post(gateway, '/revoke', person.refreshToken)).toEqual(UNAVAILABLE)
    failing = null
    expect((await post(gateway, '/revoke', person.refreshToken)).slice(0, 2)).toEqual([200, '{}'])
    expect([await isSignedIn(gateway, person), (await tryRefresh(gateway, person)).code]).toEqual([
      false,
      'TOKEN_INVALID',
    ])
  })

  it('that lists an access token makes it inactive although its session is active (SR-072)', async () => {
    const { accessToken, refreshToken, session } = await gateway.signUp()
    const { jti } = decode(accessToken.split('.')[1])
    await store.set(`blacklist:{${session.id}}:${String(jti)}`, '1', 60_000)
    expect((await post(gateway, '/introspect', accessToken))[1]).toBe('{"active":false}')
    expect((await post(gateway, '/introspect', refreshToken))[1]).toContain('"active":true')
  })
})

describeWith(['postgresql', 'redis'], 'an outage', () => {
  let redis: RedisServer
  let postgres: PostgresServer
  let gateway: TestGateway
  beforeAll(async () => {
    redis = await startRedis()
    postgres = await startPostgres()
    const databaseUrl = await postgres.createDatabase()
    await migrate({ url: databaseUrl, now: () => Date.now() })
    const largest = BACKENDS.find(({ name }) => name === 'PostgreSQL and Redis') as Backend
    const servers = { REDIS_URL: redis.url, DATABASE_URL: databaseUrl }
    gateway = await startGateway(largest, { ...SERVICE_SETTINGS, ...servers })
  })
  afterAll(async () => {
    await gateway.close()
    await redis.stop()
    await postgres.stop()
  })

  it.each(['Redis', 'PostgreSQL'] as const)(
    'of %s that hangs causes 503 within a second, and a confirmed revocation persists (SR-066, SR-072, SR-134, SR-161)',
    async (name) => {
      const server = name === 'Redis' ? redis : postgres
      const person = await gateway.signUp()
      server.pause()
      const calls = [
        ...(['/introspect', '/revoke'] as const).map((url) => () => post(gateway, url, person.refreshToken)),
        () => post(gateway, name === 'Redis' ? '/introspect' : '/revoke', person.accessToken),
      ]
      for (const call of calls) {
        const started = performance.now()
        expect(await call()).toEqual(UNAVAILABLE)
        expect(performance.now() - started).toBeLessThan(1000)
      }
      server.resume()
      const answer = await eventually(async () => {
        const response = await post(gateway, '/revoke', person.accessToken)
        return response[0] === 200 && response
      })
      expect(answer[1]).toBe('{}')
      expect(await isSignedIn(gateway, person)).toBe(false)
      expect((await tryRefresh(gateway, person)).code).toBe('TOKEN_INVALID')
    },
  )
})
