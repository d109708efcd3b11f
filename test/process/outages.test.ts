import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'
import {
  CreatePostDocument,
  LoginDocument,
  LogoutDocument,
  MeDocument,
  PostsDocument,
  RefreshDocument,
  RegisterDocument,
  RequestOtpDocument,
  SessionsDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { query, startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'
import { startRedis, type RedisServer } from '../support/servers/redis.ts'
import { signedInBy } from '../support/outcomes.ts'

const largest = BACKENDS.find(({ name }) => name === 'PostgreSQL and Redis') as Backend

describeWith(['postgresql', 'redis'], 'an outage', () => {
  let redis: RedisServer
  let postgres: PostgresServer
  let gateway: TestGateway
  let databaseUrl: string
  beforeAll(async () => {
    redis = await startRedis()
    postgres = await startPostgres()
    databaseUrl = await postgres.createDatabase()
    await migrate({ url: databaseUrl, now: () => Date.now() })
    gateway = await startGateway(largest, {
      REDIS_URL: redis.url,
      DATABASE_URL: databaseUrl,
      RATE_LIMIT_SCALE: '1000',
    })
  })
  afterAll(async () => {
    await gateway.close()
    await redis.stop()
    await postgres.stop()
  })

  type Person = Awaited<ReturnType<TestGateway['signUp']>>

  async function requestCode({
    email,
  }: Person): Promise<{ challengeId: string; code: string; purpose: 'LOGIN' }> {
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    return { challengeId: requestOtp.challengeId, code: requestOtp.otpCode ?? '', purpose: 'LOGIN' }
  }

  /** Expects every call to be rejected within a second while a store is unavailable. */
  async function expectRefusals(
    { accessToken: token, refreshToken, email }: Person,
    otp: Awaited<ReturnType<typeof requestCode>>,
  ): Promise<void> {
    const calls: Readonly<Record<string, () => Promise<GraphqlResponse<unknown>>>> = {
      me: () => gateway.send(MeDocument, {}, { token }),
      posts: () => gateway.send(PostsDocument, { first: 1 }, { token }),
      createPost: () =>
        gateway.send(
          CreatePostDocument,
          { input: { title: 'lost', content: 'lost', published: true } },
          { token },
        ),
      sessions: () => gateway.send(SessionsDocument, {}, { token }),
      logout: () => gateway.send(LogoutDocument, {}, { token }),
      'logout everywhere': () => gateway.send(LogoutDocument, { everywhere: true }, { token }),
      refresh: () => gateway.send(RefreshDocument, { refreshToken: refreshToken ?? null }),
      login: () => gateway.send(LoginDocument, { input: { email, password: PASSWORD } }),
      register: () => gateway.send(RegisterDocument, { input: { email: newAddress(), password: PASSWORD } }),
      requestOtp: () => gateway.send(RequestOtpDocument, { input: { email, purpose: 'VERIFY_EMAIL' } }),
      verifyOtp: () => gateway.send(VerifyOtpDocument, { input: otp }),
    }
    for (const [name, call] of Object.entries(calls)) {
      const started = performance.now()
      const response = await call()
      expect([name, response.code, response.headers['retry-after']]).toEqual([
        name,
        'SERVICE_UNAVAILABLE',
        '1',
      ])
      expect(performance.now() - started, name).toBeLessThan(1000)
      expect(response.text).not.toMatch(/redis|prisma|postgres|ECONN|127\.0\.0\.1/i)
    }
    expect((await gateway.sendText('{ __typename }', {}, { token })).data).toEqual({ __typename: 'Query' })
    expect((await gateway.app.http.app.inject('/livez')).statusCode).toBe(200)
    expect((await gateway.app.http.app.inject('/readyz')).statusCode).toBe(503)
  }

  /** Expects recovery within two seconds, and that the rejected calls consumed nothing. */
  async function expectRecovery(
    { accessToken: token, refreshToken, email }: Person,
    otp: Awaited<ReturnType<typeof requestCode>>,
  ): Promise<void> {
    await eventually(async () => (await gateway.send(MeDocument, {}, { token })).code === undefined, 2000)
    await eventually(async () => (await gateway.app.http.app.inject('/readyz')).statusCode === 200, 2000)
    const { refresh } = await gateway.ask(RefreshDocument, { refreshToken: refreshToken ?? null })
    expect(refresh.user.email).toBe(email)
    const verified = signedInBy((await gateway.ask(VerifyOtpDocument, { input: otp })).verifyOtp)
    expect(verified.user.email).toBe(email)
    const { posts } = await gateway.ask(PostsDocument, { filter: { search: 'lost' } }, token)
    expect(posts.totalCount).toBe(0)
    const { sessions } = await gateway.ask(SessionsDocument, {}, token)
    expect(sessions).toHaveLength(2)
    await gateway.ask(LogoutDocument, {}, refresh.accessToken)
    expect((await gateway.send(MeDocument, {}, { token })).code).toBe('UNAUTHENTICATED')
  }

  it('of a hung Redis causes rejections within a second, consumes nothing, and ends without a restart (SR-134, SR-136, SR-137)', async () => {
    const person = await gateway.signUp()
    const otp = await requestCode(person)
    redis.pause()
    await expectRefusals(person, otp)
    redis.resume()
    await expectRecovery(person, otp)
  })

  it('of Redis that loses its data causes rejections, and later reads fall back to SQL (SR-134, SR-135)', async () => {
    const person = await gateway.signUp()
    const gone = await gateway.signUp()
    await gateway.ask(LogoutDocument, {}, gone.accessToken)
    const lost = await requestCode(person)
    await redis.crash()
    await expectRefusals(person, lost)
    await redis.restart()
    await expectRecovery(person, await eventually(() => requestCode(person), 2000))
    expect((await gateway.send(MeDocument, {}, { token: gone.accessToken })).code).toBe('UNAUTHENTICATED')
  })

  it('of a hung PostgreSQL causes rejections within a second, consumes nothing, and ends without a restart (SR-161)', async () => {
    const person = await gateway.signUp()
    const otp = await requestCode(person)
    postgres.pause()
    // Every call that reads SQL is rejected.
    const started = performance.now()
    for (const call of [
      () => gateway.send(MeDocument, {}, { token: person.accessToken }),
      () => gateway.send(LoginDocument, { input: { email: person.email, password: PASSWORD } }),
      () => gateway.send(VerifyOtpDocument, { input: otp }),
      () => gateway.send(RefreshDocument, { refreshToken: person.refreshToken ?? null }),
      () => gateway.send(LogoutDocument, {}, { token: person.accessToken }),
    ]) {
      const began = performance.now()
      expect((await call()).code).toBe('SERVICE_UNAVAILABLE')
      expect(performance.now() - began).toBeLessThan(1000)
    }
    expect(performance.now() - started).toBeLessThan(5000)
    postgres.resume()
    await expectRecovery(person, otp)
  })

  it('of a stopped PostgreSQL causes rejections, leaves no partial writes, and ends without a restart (SR-161)', async () => {
    const person = await gateway.signUp()
    const otp = await requestCode(person)
    const email = newAddress()
    await postgres.crash()
    for (let guess = 0; guess < 8; guess += 1)
      expect((await gateway.send(VerifyOtpDocument, { input: otp })).code).toBe('SERVICE_UNAVAILABLE')
    for (let attempt = 0; attempt < 12; attempt += 1) {
      expect(
        (await gateway.send(LoginDocument, { input: { email: person.email, password: PASSWORD } })).code,
      ).toBe('SERVICE_UNAVAILABLE')
    }
    expect((await gateway.send(RegisterDocument, { input: { email, password: PASSWORD } })).code).toBe(
      'SERVICE_UNAVAILABLE',
    )
    await postgres.restart()
    await expectRecovery(person, otp)
    const { rows } = await query(databaseUrl, `SELECT id FROM users WHERE email = '${email}'`)
    expect(rows).toEqual([])
  })

  it('that empties Redis under load neither restores ended sessions nor ends active ones (SR-135)', async () => {
    const [active, ended] = [await gateway.signUp(), await gateway.signUp()]
    await gateway.ask(LogoutDocument, {}, ended.accessToken)
    const client = new Redis(redis.url)
    let flushing = true
    const flusher = (async () => {
      while (flushing) await client.flushall()
    })()
    try {
      for (let round = 0; round < 20; round += 1) {
        const responses = await Promise.all(
          [active, ended].map(({ accessToken }) => gateway.send(MeDocument, {}, { token: accessToken })),
        )
        expect(responses.map(({ code }) => code)).toEqual([undefined, 'UNAUTHENTICATED'])
      }
    } finally {
      flushing = false
      await flusher
      client.disconnect()
    }
  })

  it('exposes no code, password or token: no dump of the stores contains one (SR-027, SR-062)', async () => {
    const person = await gateway.signUp()
    const { code, challengeId } = await requestCode(person)
    const client = new Redis(redis.url)
    const keys = await client.keys('*')
    const values = await Promise.all(keys.map((key) => client.get(key)))
    client.disconnect()
    const tables = await Promise.all(
      ['users', 'sessions', 'state_entries', 'audit_events'].map((table) =>
        query(databaseUrl, `SELECT * FROM ${table}`),
      ),
    )
    const dump = JSON.stringify([keys, values, tables.map(({ rows }) => rows as unknown[])])
    expect(dump).toContain(challengeId.split('.')[0])
    const record = values.find((value) => value?.includes(challengeId.split('.')[1] ?? ''))
    expect(record).not.toContain(code)
    expect(dump).not.toContain(PASSWORD)
    for (const token of [person.accessToken, person.refreshToken ?? '']) {
      expect(dump).not.toContain(token)
      expect(dump).not.toContain(token.split('.')[2])
    }
  })

  it('that outlasts a session record does not undo a revocation, which is stored for longer than a token is valid (SR-069)', async () => {
    const person = await gateway.signUp()
    await gateway.ask(MeDocument, {}, person.accessToken)
    await gateway.ask(LogoutDocument, {}, person.accessToken)
    const client = new Redis(redis.url)
    const ttls = await Promise.all([
      client.pttl(`gw:session:{${person.session.id}}`),
      client.pttl((await client.keys(`gw:blacklist:{${person.session.id}}:*`))[0] ?? ''),
    ])
    client.disconnect()
    for (const ttl of ttls) expect(ttl).toBeGreaterThan((15 * 60 + 5) * 1000)
  })
})
