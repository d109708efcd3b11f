import { randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import {
  LoginDocument,
  LogoutDocument,
  MeDocument,
  RefreshDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { BACKENDS, emptyPostgresDatabase, type Backend } from '../support/backends.ts'
import { PASSWORD, startGateway } from '../support/gateway.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { eventually } from '../support/servers/processes.ts'
import { startRedis } from '../support/servers/redis.ts'

const largest = BACKENDS.find(({ name }) => name === 'PostgreSQL and Redis') as Backend

describeWith(['postgresql', 'redis'], 'a Redis that is lost for good (SR-276)', () => {
  it('is replaced by STATE_STORE=database and a restart: people stay signed in, and what ended stays ended', async () => {
    const redis = await startRedis()
    const url = await emptyPostgresDatabase()
    await migrate({ url, now: Date.now })
    const settings = {
      ...{ DATABASE_URL: url, GATEWAY_SECRET: randomBytes(32).toString('base64'), RATE_LIMIT_SCALE: '1000' },
    }
    const before = await startGateway(largest, { ...settings, REDIS_URL: redis.url })
    const people = await Promise.all(Array.from({ length: 5 }, () => before.signUp()))
    const [first, ended, reused] = people
    if (!first || !ended || !reused) throw new Error('no people')
    const { requestOtp } = await before.ask(RequestOtpDocument, {
      input: { email: first.email, purpose: 'LOGIN' },
    })
    await before.ask(LogoutDocument, {}, ended.accessToken)
    const second = await before.ask(RefreshDocument, { refreshToken: reused.refreshToken ?? null })
    const third = await before.ask(RefreshDocument, { refreshToken: second.refresh.refreshToken ?? null })

    // Under traffic: while Redis is gone, every protected request is refused.
    let isRunning = true
    const codes = new Set<string | undefined>()
    const traffic = (async () => {
      while (isRunning) codes.add((await before.send(MeDocument, {}, { token: first.accessToken })).code)
    })()
    await eventually(async () => codes.has(undefined))
    await redis.stop()
    await eventually(async () => codes.has('SERVICE_UNAVAILABLE'))
    isRunning = false
    await traffic
    expect(codes).toEqual(new Set([undefined, 'SERVICE_UNAVAILABLE']))
    await before.app.close()

    const after = await startGateway({ ...largest, store: 'database' }, settings)
    for (const { accessToken } of [first, third.refresh, ...people.slice(3)])
      expect((await after.send(MeDocument, {}, { token: accessToken })).code).toBeUndefined()
    expect((await after.send(MeDocument, {}, { token: ended.accessToken })).code).toBe('UNAUTHENTICATED')
    expect((await after.send(RefreshDocument, { refreshToken: ended.refreshToken ?? null })).code).toBe(
      'TOKEN_INVALID',
    )
    expect((await after.send(RefreshDocument, { refreshToken: reused.refreshToken ?? null })).code).toBe(
      'REFRESH_REUSED',
    )
    expect((await after.send(MeDocument, {}, { token: third.refresh.accessToken })).code).toBe(
      'UNAUTHENTICATED',
    )
    // A code in progress is lost: its owner asks for another one.
    const { challengeId, otpCode } = requestOtp
    const input = { challengeId, purpose: 'LOGIN', code: otpCode ?? '' } as const
    expect((await after.send(VerifyOtpDocument, { input })).code).toBe('OTP_NOT_FOUND')
    const login = { input: { email: first.email, password: PASSWORD } }
    expect((await after.send(LoginDocument, login)).code).toBeUndefined()
    expect(
      (await after.send(RefreshDocument, { refreshToken: first.refreshToken ?? null })).code,
    ).toBeUndefined()
    await after.close()
    await before.close()
  })
})
