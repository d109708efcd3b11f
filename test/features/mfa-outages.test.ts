import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { migrate } from '../../src/adapters/database/migrations.ts'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { unavailable } from '../../src/core/errors.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, describeOnEveryBackend, type Backend } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  ConfirmTotpDocument,
  DisableTotpDocument,
  EnrollTotpDocument,
  LoginDocument,
  MySecondFactorDocument,
  RegenerateRecoveryCodesDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { startPostgres, type PostgresServer } from '../support/servers/postgres.ts'
import { eventually } from '../support/servers/processes.ts'
import { startRedis, type RedisServer } from '../support/servers/redis.ts'
import {
  addApp,
  challengeOf,
  codeAt,
  loginChallenge,
  nextCode,
  signUpWithApp,
  verifyMfa,
} from './mfa-steps.ts'
import { isSignedIn } from './session-steps.ts'

const largest = BACKENDS.find(({ name }) => name === 'PostgreSQL and Redis') as Backend
const UNLIMITED = { RATE_LIMIT_SCALE: '1000' }

describeWith(['postgresql', 'redis'], 'a second factor in an outage', () => {
  let redis: RedisServer
  let postgres: PostgresServer
  let gateway: TestGateway
  beforeAll(async () => {
    redis = await startRedis()
    postgres = await startPostgres()
    const databaseUrl = await postgres.createDatabase()
    await migrate({ url: databaseUrl, now: () => Date.now() })
    const settings = { ...UNLIMITED, REDIS_URL: redis.url, DATABASE_URL: databaseUrl }
    gateway = await startGateway(largest, settings)
  })
  afterAll(async () => {
    await gateway.close()
    await redis.stop()
    await postgres.stop()
  })

  it.each([
    ['Redis, hung', () => redis.pause(), () => redis.resume()],
    ['PostgreSQL, hung', () => postgres.pause(), () => postgres.resume()],
    ['PostgreSQL, down', () => postgres.crash(), () => postgres.restart()],
  ] as const)(
    'of %s is rejected within a second, spends no code and counts no guess (SR-134)',
    async (_name, begin, end) => {
      const person = await signUpWithApp(gateway)
      const other = await gateway.signUp()
      const pending = (await gateway.ask(EnrollTotpDocument, {}, other.accessToken)).enrollTotp.secret
      const challengeId = await loginChallenge(gateway, person.email)
      const code = nextCode(gateway, person)
      const [recovery = ''] = person.recoveryCodes
      const token = { token: person.accessToken }
      await begin()
      for (const call of [
        () => verifyMfa(gateway, challengeId, code),
        () => verifyMfa(gateway, challengeId, recovery),
        () => verifyMfa(gateway, challengeId, '000000'),
        () => gateway.send(DisableTotpDocument, { code: recovery }, token),
        () => gateway.send(RegenerateRecoveryCodesDocument, { code: recovery }, token),
        () => gateway.send(MySecondFactorDocument, {}, token),
        () =>
          gateway.send(
            ConfirmTotpDocument,
            { code: codeAt(pending, gateway.now()) },
            { token: other.accessToken },
          ),
        () => gateway.send(EnrollTotpDocument, {}, { token: other.accessToken }),
        () => gateway.send(LoginDocument, { input: { email: person.email, password: PASSWORD } }),
        () => verifyMfa(gateway, challengeId, code),
        () => verifyMfa(gateway, challengeId, '000000'),
      ]) {
        const began = performance.now()
        const answer = await call()
        expect([answer.code, answer.headers['retry-after']]).toEqual(['SERVICE_UNAVAILABLE', '1'])
        expect(performance.now() - began).toBeLessThan(1000)
      }
      await end()
      await eventually(async () => (await gateway.app.http.app.inject('/readyz')).statusCode === 200, 2000)
      await eventually(() => isSignedIn(gateway, person), 2000)
      // The half minute may have ended; what was not spent can be used in the next.
      const late = await verifyMfa(gateway, challengeId, codeAt(person.secret, gateway.now()))
      expect(late.data?.verifyMfa.session.methods).toEqual(['pwd', 'totp'])
      expect((await gateway.send(DisableTotpDocument, { code: recovery }, token)).code).toBeUndefined()
      const confirmed = { code: codeAt(pending, gateway.now()) }
      expect(
        (await gateway.send(ConfirmTotpDocument, confirmed, { token: other.accessToken })).code,
      ).toBeUndefined()
    },
  )
})

describeOnEveryBackend('a second step whose session cannot be written', (backend) => {
  it('spends neither the code of the app nor a recovery code (SR-036)', async () => {
    const gateway = await startGateway(backend, UNLIMITED)
    const person = await signUpWithApp(gateway)
    const challengeId = await loginChallenge(gateway, person.email)
    const [recovery = ''] = person.recoveryCodes
    const code = nextCode(gateway, person)
    await gateway.sql('ALTER TABLE sessions RENAME TO away')
    expect((await verifyMfa(gateway, challengeId, code)).data).toBeFalsy()
    expect((await verifyMfa(gateway, challengeId, recovery)).data).toBeFalsy()
    await gateway.sql('ALTER TABLE away RENAME TO sessions')
    const again = await loginChallenge(gateway, person.email)
    expect((await verifyMfa(gateway, challengeId, code)).code).toBeUndefined()
    expect((await verifyMfa(gateway, again, recovery)).code).toBeUndefined()
    await gateway.close()
  })
})

describe('a state store that fails at one operation', () => {
  let failing: 'set' | 'delete' | 'increment' | null = null
  const down = () => Promise.reject(unavailable(new Error('down')))
  const memory = createMemoryStore({ now: () => Date.now() })
  const store: StateStore = {
    ...memory,
    set: (...entry) => (failing === 'set' ? down() : memory.set(...entry)),
    delete: (keys) => (failing === 'delete' ? down() : memory.delete(keys)),
    increment: (...counter) => (failing === 'increment' ? down() : memory.increment(...counter)),
  }
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], UNLIMITED, { store })
  })
  afterEach(() => void (failing = null))
  afterAll(() => gateway.close())

  it('leaves a code by e-mail valid when no challenge could be opened for it', async () => {
    const { email } = await signUpWithApp(gateway)
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email } })
    const input = { email, code: requestOtp.otpCode ?? '' }
    failing = 'set'
    expect((await gateway.send(VerifyOtpDocument, { input })).code).toBe('SERVICE_UNAVAILABLE')
    failing = null
    const { verifyOtp } = await gateway.ask(VerifyOtpDocument, { input })
    expect(challengeOf(verifyOtp).methods).toContain('TOTP')
  })

  it('allows no guess that it cannot count, and spends nothing', async () => {
    const person = await signUpWithApp(gateway)
    const challengeId = await loginChallenge(gateway, person.email)
    const code = nextCode(gateway, person)
    failing = 'increment'
    expect((await verifyMfa(gateway, challengeId, code)).code).toBe('SERVICE_UNAVAILABLE')
    failing = null
    expect((await verifyMfa(gateway, challengeId, code)).code).toBeUndefined()
  })

  it('does not revoke a started session, and starts no other with a challenge that it could not remove (SR-019)', async () => {
    const person = await signUpWithApp(gateway)
    const challengeId = await loginChallenge(gateway, person.email)
    failing = 'delete'
    const first = await verifyMfa(gateway, challengeId, nextCode(gateway, person))
    expect(await isSignedIn(gateway, first.data?.verifyMfa ?? { accessToken: '' })).toBe(true)
    for (const code of [nextCode(gateway, person), person.recoveryCodes[0] ?? '']) {
      const { code: refusal, errors } = await verifyMfa(gateway, challengeId, code)
      expect([refusal, errors[0]?.extensions['attemptsLeft']]).toEqual(['MFA_INVALID', 0])
    }
    // The codes of the second attempt were not spent without effect.
    failing = null
    const again = await loginChallenge(gateway, person.email)
    expect((await verifyMfa(gateway, again, person.recoveryCodes[0] ?? '')).code).toBeUndefined()
  })

  it('does not withhold the recovery codes of a confirmed app', async () => {
    const { accessToken } = await gateway.signUp()
    failing = 'delete'
    expect((await addApp(gateway, accessToken)).recoveryCodes).toHaveLength(10)
  })
})
