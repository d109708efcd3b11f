import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { collectProblems } from '../support/config-problems.ts'

const SECRET = 'k7#mQ9!zR2@vX5$wB8^nC1&pD4*fG6(h'
const load = (variables: Record<string, string>, files: Record<string, string> = {}) =>
  loadConfig({
    variables,
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw new Error('ENOENT')
      return text
    },
  })

const findProblems = (variables: Record<string, string>, files?: Record<string, string>) =>
  collectProblems(() => load(variables, files))

describe('settings', () => {
  it('have working defaults', () => {
    expect(load({})).toMatchObject({
      server: { environment: 'development', host: '127.0.0.1', port: 4000 },
      database: { url: 'file:./data/gateway.db' },
      store: { stateStore: { kind: 'database' } },
      token: { minutes: 15, keys: { kind: 'managed', algorithm: 'ES256' } },
      session: { refreshDays: 7, graceSeconds: 30, maxDays: 30 },
      otp: { length: 6, minutes: 5 },
      branding: { product: 'GraphQL Auth Gateway', language: 'en' },
      development: { exposeOtpCode: true, rateLimitScale: 1 },
    })
  })

  it('select Redis when it is configured, by one URL or in parts', () => {
    expect(load({ REDIS_URL: 'redis://a' }).store.stateStore).toEqual({
      kind: 'redis',
      connection: {
        servers: { shape: 'single', host: 'a', port: 6379 },
        ...{ username: null, password: null, database: 0, tls: null, prefix: 'gw' },
      },
      waitReplicas: 0,
    })
    expect(
      load({ REDIS_HOST: 'h', REDIS_PORT: '1', REDIS_DB: '2', REDIS_PASSWORD: 'p/w' }).store.stateStore,
    ).toMatchObject({
      connection: { servers: { host: 'h', port: 1 }, database: 2, password: 'p/w' },
      waitReplicas: 0,
    })
    expect(load({ REDIS_URL: 'redis://a', REDIS_WAIT_REPLICAS: '2' }).store.stateStore).toMatchObject({
      waitReplicas: 2,
    })
    expect(load({ REDIS_URL: 'redis://a', STATE_STORE: 'database' }).store.stateStore).toEqual({
      kind: 'database',
    })
  })

  it('are read from NAME_FILE, for every name, and reject NAME beside it', () => {
    expect(load({ GATEWAY_SECRET_FILE: '/s' }, { '/s': `${SECRET}\n` }).token.masterSecret).toBe(SECRET)
    expect(load({ PORT_FILE: '/p' }, { '/p': '8080' }).server.port).toBe(8080)
    expect(findProblems({ PORT: '1', PORT_FILE: '/p' }, { '/p': '2' })).toEqual([
      'PORT: must not be set together with PORT_FILE',
    ])
    expect(findProblems({ PORT_FILE: '/missing' })).toEqual(['PORT_FILE: expected a file that can be read'])
  })

  it('report every problem at once, with the name and the expected value, and never the value', () => {
    const problems = findProblems({
      PORT: 'canary-1',
      OTP_LENGTH: '11',
      DATABASE_URL: 'mysql://canary-2',
      NODE_ENV: 'canary-3',
      JWT_SECRET: 'canary-4',
      CORS_ORIGINS: 'canary-5',
    })
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'NODE_ENV',
      'PORT',
      'CORS_ORIGINS',
      'DATABASE_URL',
      'JWT_SECRET',
      'OTP_LENGTH',
    ])
    expect(problems.join()).not.toContain('canary')
    expect(problems).toContain('PORT: expected a whole number from 0 to 65535')
  })

  it.each([
    [{ NODE_ENV: 'production', OTP_EXPOSE_CODE: 'true' }, 'OTP_EXPOSE_CODE'],
    [{ NODE_ENV: 'production', OTP_TEST_CODES: 'a@example.com=314159' }, 'OTP_TEST_CODES_UNTIL'],
    [{ OTP_TEST_CODES: 'a@example.com=31415' }, 'OTP_TEST_CODES'],
    [{ OTP_TEST_CODES: 'unknown=314159' }, 'OTP_TEST_CODES'],
    [{ SMS_COUNTRIES: 'GB,XX' }, 'SMS_COUNTRIES'],
    [{ NODE_ENV: 'production', RATE_LIMIT_SCALE: '2' }, 'RATE_LIMIT_SCALE'],
    [{ STATE_STORE: 'redis' }, 'REDIS_URL'],
    [{ REDIS_URL: 'redis://a', REDIS_HOST: 'b' }, 'REDIS_URL'],
    [{ REDIS_WAIT_REPLICAS: '1' }, 'REDIS_WAIT_REPLICAS'],
    [{ REDIS_WAIT_REPLICAS: '6', REDIS_URL: 'redis://a' }, 'REDIS_WAIT_REPLICAS'],
    [{ REDIS_WAIT_REPLICAS: '1', REDIS_URL: 'redis://a', STATE_STORE: 'database' }, 'REDIS_WAIT_REPLICAS'],
    [{ STATE_STORE: 'memory', INSTANCES: '2' }, 'STATE_STORE'],
    [{ JWT_ALGORITHM: 'HS256' }, 'JWT_SECRET'],
    [{ JWT_SECRET: SECRET }, 'JWT_SECRET'],
    [{ JWT_ALGORITHM: 'HS256', JWT_SECRET: SECRET, GATEWAY_SECRET: SECRET }, 'GATEWAY_SECRET'],
    [{ JWT_ALGORITHM: 'HS256', JWT_SECRET: 'short' }, 'JWT_SECRET'],
    [{ SESSION_MAX_DAYS: '5' }, 'SESSION_MAX_DAYS'],
    [{ OTP_EXPIRATION_MINUTES: '31' }, 'OTP_EXPIRATION_MINUTES'],
    [{ GATEWAY_SECRET: SECRET, GATEWAY_SECRETS_ACCEPTED: SECRET }, 'GATEWAY_SECRET'],
    [{ GATEWAY_SECRETS_ACCEPTED: 'secret' }, 'GATEWAY_SECRETS_ACCEPTED'],
    [{ JWT_SECRETS_ACCEPTED: SECRET }, 'JWT_SECRETS_ACCEPTED'],
    [{ SESSION_IDLE_MINUTES: '15' }, 'SESSION_IDLE_MINUTES'],
    [{ ROLE_SCOPES: 'user posts' }, 'ROLE_SCOPES'],
    [{ ROLES: 'USER,<b>' }, 'ROLES'],
    [{ ROLES: 'USER,' }, 'ROLES'],
    [{ ROLES: 'user' }, 'ROLES'],
    [{ ROLES: 'EDITOR' }, 'ROLES'],
    [{ ROLES: 'USER', ROLE_SCOPES: 'USER=a,EDITOR=b' }, 'ROLE_SCOPES'],
    [{ REQUIRE_HTTPS: 'true' }, 'REQUIRE_HTTPS'],
    [{ NODE_ENV: 'production', HOST: '0.0.0.0' }, 'REQUIRE_HTTPS'],
    [{ NODE_ENV: 'production', TRUST_PROXY: '1', PUBLIC_URL: 'http://a' }, 'PUBLIC_URL'],
    [{ PRODUCT_NAME: 'two\nlines' }, 'PRODUCT_NAME'],
    [{ PRODUCT_NAME: 'turned \u202Earound' }, 'PRODUCT_NAME'],
    [{ PRODUCT_NAME: 'x'.repeat(61) }, 'PRODUCT_NAME'],
    [{ NODE_ENV: 'production', DEV_OUTBOX: 'anyone' }, 'DEV_OUTBOX'],
    [{ DEFAULT_LANGUAGE: 'fr' }, 'DEFAULT_LANGUAGE'],
    [{ TLS_CERT: 'x' }, 'TLS_KEY'],
    [{ PASSWORD_MIN_LENGTH: '7' }, 'PASSWORD_MIN_LENGTH'],
    [{ PASSWORD_MIN_LENGTH: '65' }, 'PASSWORD_MIN_LENGTH'],
    [{ PASSWORD_HASH_PASSES: '1' }, 'PASSWORD_HASH_MEMORY_KIB'],
    [{ PASSWORD_HASH_MEMORY_KIB: '19455' }, 'PASSWORD_HASH_MEMORY_KIB'],
    [{ PASSWORD_HASH_MEMORY_KIB: '7168', PASSWORD_HASH_PASSES: '4' }, 'PASSWORD_HASH_MEMORY_KIB'],
    [{ PASSWORD_HASH_CONCURRENCY: '0' }, 'PASSWORD_HASH_CONCURRENCY'],
    [{ PASSWORD_HASH_QUEUE: '200' }, 'PASSWORD_HASH_QUEUE'],
    [{ MAX_LOOP_PERCENT: '101' }, 'MAX_LOOP_PERCENT'],
    [{ TLS_CERT: 'x', TLS_KEY: 'x' }, 'TLS_CERT'],
    [{ METRICS_PORT: '4000' }, 'METRICS_PORT'],
  ])('reject %j and name %s', (variables, name) => {
    expect(findProblems(variables as Record<string, string>).map((problem) => problem.split(':')[0])).toEqual(
      [name],
    )
  })

  it('require the cost of one of the OWASP parameter sets for password hashes (SR-007)', () => {
    const rows = ['47104/1', '19456/2', '12288/3', '9216/4', '7168/5'].map((row) => row.split('/'))
    for (const [memory = '', passes = ''] of rows) {
      const { hashing } = load({ PASSWORD_HASH_MEMORY_KIB: memory, PASSWORD_HASH_PASSES: passes }).password
      expect(hashing.cost).toEqual({ memoryKib: Number(memory), passes: Number(passes), lanes: 1 })
    }
    expect(load({}).password).toMatchObject({
      minLength: 12,
      contextWords: ['graphql', 'auth', 'gateway'],
      hashing: { cost: { memoryKib: 19_456, passes: 2, lanes: 1 }, concurrency: null, queue: null },
    })
  })

  it('do not expose codes in production by default', () => {
    expect(load({ NODE_ENV: 'production' }).development.exposeOtpCode).toBe(false)
  })

  it('refuse a subgraph with a list of allowed documents, which no router can keep', () => {
    const text = '{ me { id } }'
    const sha256 = createHash('sha256').update(text).digest('hex')
    const manifest = { '/m.json': JSON.stringify({ [sha256]: text }) }
    expect(findProblems({ SUBGRAPH: 'on', PERSISTED_OPERATIONS: '/m.json' }, manifest)).toEqual([
      expect.stringContaining('SUBGRAPH: cannot be on with PERSISTED_OPERATIONS'),
    ])
  })
})
