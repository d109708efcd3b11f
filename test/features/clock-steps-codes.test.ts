import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import {
  PASSWORD,
  newAddress,
  startGateway,
  type GraphqlResponse,
  type TestGateway,
} from '../support/gateway.ts'
import {
  LoginDocument,
  RegisterDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Each walk is undone at its end. */
const WALKS = {
  'an hour forward': [HOUR],
  'an hour back': [-HOUR],
  'a leap second': [1000, -2000],
  'to and fro': [HOUR, -2 * HOUR],
} as const
/** An expired code may have been swept, which gives another error. */
const OVER = ['OTP_EXPIRED', 'OTP_NOT_FOUND']

interface Asked {
  readonly challengeId: string
  readonly code: string
  /** By the clock of its node. */
  readonly endsAt: number
}

describeOnEveryBackend('under a clock that steps', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend)))
  afterAll(() => gateway.close())

  it.each(Object.entries(WALKS))('%s, codes and limits never fail (SR-171)', async (_, steps) => {
    const { email } = await gateway.signUp()
    // The last two exceed the limit: its window is open when the clock steps.
    const input = { email, password: `${PASSWORD}!` }
    await Promise.all(Array.from({ length: 12 }, () => gateway.send(LoginDocument, { input })))
    for (const step of [0, ...steps, -sumSteps(steps)]) {
      gateway.passTime(step)
      for (const { status, code, errors } of await everythingLimited(gateway, email)) {
        expect([undefined, 'RATE_LIMITED', 'INVALID_CREDENTIALS']).toContain(code)
        expect(status).toBeLessThan(500)
        if (code === 'RATE_LIMITED') expect(errors[0]?.extensions['retryAfter']).toBeGreaterThan(0)
      }
    }
  })

  it.each(Object.entries(WALKS))(
    '%s, a code is valid until its expiry by that clock (SR-024, SR-171)',
    async (_, steps) => {
      const asked = await codeFor(gateway)
      for (const step of steps) {
        gateway.passTime(step)
        const meanwhile = await codeFor(gateway)
        const wrong = await verify(gateway, { ...asked, code: otherThan(asked.code) })
        if (gateway.now() >= asked.endsAt) expect(OVER).toContain((await verify(gateway, asked)).code)
        else expect(wrong.code).toBe('OTP_INVALID')
        expect((await verify(gateway, meanwhile)).code).toBeUndefined()
      }
      const stepped = await codeFor(gateway)
      gateway.passTime(-sumSteps(steps))
      if (gateway.now() >= stepped.endsAt) expect(OVER).toContain((await verify(gateway, stepped)).code)
      else expect((await verify(gateway, stepped)).code).toBeUndefined()
      const mayBeSwept = sumSteps(steps.slice(0, 1)) > 5 * MINUTE
      expect([undefined, ...(mayBeSwept ? OVER : [])]).toContain((await verify(gateway, asked)).code)
      expect((await verify(gateway, asked)).code).toBe('OTP_NOT_FOUND')
    },
  )
})

/** Exceeds its limit, if it has one. */
async function everythingLimited(gateway: TestGateway, email: string): Promise<GraphqlResponse<unknown>[]> {
  const input = { email, password: PASSWORD }
  const answers: GraphqlResponse<unknown>[] = [
    await gateway.send(RegisterDocument, { input }),
    await gateway.send(LoginDocument, { input }),
  ]
  for (const address of [email, newAddress(), email])
    answers.push(await gateway.send(RequestOtpDocument, { input: { email: address, purpose: 'LOGIN' } }))
  return answers
}

/** The code of a new account, so that no limit applies. */
async function codeFor(gateway: TestGateway): Promise<Asked> {
  const { register } = await gateway.ask(RegisterDocument, { input: { email: newAddress() } })
  const { challengeId, otpCode, expiresIn } = register
  return { challengeId, code: otpCode ?? '', endsAt: gateway.now() + expiresIn * 1000 }
}

function verify(gateway: TestGateway, { challengeId, code }: Asked): Promise<GraphqlResponse<unknown>> {
  return gateway.send(VerifyOtpDocument, { input: { challengeId, code, purpose: 'VERIFY_EMAIL' } })
}

function sumSteps(steps: readonly number[]): number {
  return steps.reduce((sum, step) => sum + step, 0)
}

function otherThan(code: string): string {
  return code === '111111' ? '222222' : '111111'
}
