import { afterEach, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'

type Ask = (gateway: TestGateway, email: string) => Promise<GraphqlResponse<unknown>>

/** Fields with limits of a minute, a quarter of an hour, an hour and a day. */
const ASKS: Readonly<Record<string, Ask>> = {
  requestOtp: (gateway, email) => gateway.send(RequestOtpDocument, { input: { email } }),
  register: (gateway, email) => gateway.send(RegisterDocument, { input: { email } }),
  login: (gateway, email) =>
    gateway.send(LoginDocument, { input: { email, password: 'a wrong one, surely' } }),
  verifyOtp: (gateway, email) => gateway.send(VerifyOtpDocument, { input: { email, code: '000000' } }),
}

describe('the retry hint of a refusal', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  it.each(Object.entries(ASKS))(
    'of %s is exact to the second, in the error and in the header (SR-096)',
    async (_field, ask) => {
      // The clock moves by passTime only, so the hint is exact to the second.
      let now = Date.UTC(2026, 0, 31, 8)
      const gateway = await startGateway((BACKENDS as readonly [Backend, Backend])[1], {}, { now: () => now })
      running.push(gateway)
      const email = 'ada@example.com'
      let refused = await ask(gateway, email)
      for (let tried = 0; refused.code !== 'RATE_LIMITED' && tried < 300; tried += 1) {
        now += 1700
        refused = await ask(gateway, email)
      }
      const retryAfter = Number(refused.errors[0]?.extensions['retryAfter'])
      expect(refused.headers['retry-after']).toBe(String(retryAfter))
      now += (retryAfter - 1) * 1000 - 1
      expect((await ask(gateway, email)).code).toBe('RATE_LIMITED')
      now += 1001
      expect((await ask(gateway, email)).code).not.toBe('RATE_LIMITED')
    },
  )
})
