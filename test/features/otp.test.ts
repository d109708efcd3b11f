import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GUARANTEED_GUESSES, LIMITS } from '../../src/features/limits/limits.ts'
import { BACKENDS, describeOnEveryBackend, type Backend } from '../support/backends.ts'
import {
  newAddress,
  normalizeResponse,
  startGateway,
  type Sending,
  type TestGateway,
} from '../support/gateway.ts'
import { RegisterDocument, RequestOtpDocument, VerifyOtpDocument } from '../generated/graphql.ts'

const UNLIMITED = { RATE_LIMIT_SCALE: '1000' }

interface Asked {
  readonly email: string
  readonly challengeId: string
  readonly code: string
}

async function askForCode(gateway: TestGateway, email?: string, sending: Sending = {}): Promise<Asked> {
  const address = email ?? (await gateway.signUp()).email
  const input = { email: address, purpose: 'LOGIN' } as const
  const { data, errors } = await gateway.send(RequestOtpDocument, { input }, sending)
  expect(errors).toEqual([])
  const { challengeId, otpCode } = data?.requestOtp ?? { challengeId: '', otpCode: '' }
  return { email: address, challengeId, code: otpCode ?? '' }
}

function otherThan(code: string): string {
  return code === '111111' ? '222222' : '111111'
}

function verify(
  gateway: TestGateway,
  input: { challengeId?: string; email?: string; code: string; purpose?: 'LOGIN' | 'VERIFY_EMAIL' },
  sending: Sending = {},
) {
  return gateway.send(VerifyOtpDocument, { input: { purpose: 'LOGIN', ...input } }, sending)
}

describeOnEveryBackend('one-time codes', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  it('let exactly one of 100 parallel callers with the correct code in (SR-019)', async () => {
    const { challengeId, code } = await askForCode(gateway)
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => verify(gateway, { challengeId, code })),
    )
    expect(answers.filter((answer) => answer.code === undefined).length).toBe(1)
    const refusals = new Set(answers.map((answer) => answer.code).filter(Boolean))
    expect([...refusals].every((refused) => refused === 'OTP_INVALID' || refused === 'OTP_NOT_FOUND')).toBe(
      true,
    )
    expect((await verify(gateway, { challengeId, code })).code).toBe('OTP_NOT_FOUND')
  })

  it.each([
    ['a space', (code: string) => `${code.slice(0, 3)} ${code.slice(3)}`],
    ['a dash', (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ['spaces around it', (code: string) => ` ${code} `],
  ])('are accepted as people type them: with %s', async (_form, type) => {
    const { challengeId, code } = await askForCode(gateway)
    expect((await verify(gateway, { challengeId, code: type(code) })).code).toBeUndefined()
  })

  it('count guesses before they are compared: after 100 parallel wrong ones the correct one is rejected too (SR-020)', async () => {
    const { challengeId, code } = await askForCode(gateway)
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => verify(gateway, { challengeId, code: otherThan(code) })),
    )
    const left = answers.map(({ errors }) => errors[0]?.extensions['attemptsLeft'])
    // Each compared guess reports another number of guesses left; every other response says 0 and was not
    // compared.
    expect(left.filter((count) => count !== 0).sort()).toEqual([1, 2, 3, 4])
    expect(await verify(gateway, { challengeId, code })).toMatchObject({ code: 'OTP_INVALID' })
  })

  it('have separate budgets for the challenge and the address, so that a stranger cannot use up another’s code (SR-021)', async () => {
    const { email, challengeId, code } = await askForCode(gateway)
    for (let guess = 0; guess < 6; guess += 1) await verify(gateway, { email, code: otherThan(code) })
    expect((await verify(gateway, { email, code })).code).toBe('OTP_INVALID')
    expect((await verify(gateway, { challengeId, code })).code).toBeUndefined()
  })

  it('share one budget over every connection, device and address that guesses (SR-021)', async () => {
    const { challengeId, code } = await askForCode(gateway)
    const sibling = await gateway.sibling()
    const nodes = backend.store === 'memory' ? [gateway] : [gateway, sibling]
    for (let guess = 0; guess < 5; guess += 1) {
      const node = nodes[guess % nodes.length] ?? gateway
      const headers = { 'user-agent': `device ${guess}`, 'x-forwarded-for': `192.0.2.${guess}` }
      await node.send(
        VerifyOtpDocument,
        { input: { challengeId, code: otherThan(code), purpose: 'LOGIN' } },
        { headers },
      )
    }
    expect((await verify(gateway, { challengeId, code })).code).toBe('OTP_INVALID')
    await sibling.app.close()
  })

  it('are replaced by a new one (SR-025)', async () => {
    const first = await askForCode(gateway)
    const second = await askForCode(gateway, first.email)
    expect((await verify(gateway, first)).code).toBeDefined()
    expect((await verify(gateway, { challengeId: first.challengeId, code: first.code })).code).toBe(
      'OTP_NOT_FOUND',
    )
    expect(
      (await verify(gateway, { challengeId: second.challengeId, code: second.code })).code,
    ).toBeUndefined()
  })

  it('are bound to their purpose and their address (SR-026)', async () => {
    const { email, challengeId, code } = await askForCode(gateway)
    const stranger = await gateway.signUp()
    expect((await verify(gateway, { challengeId, code, purpose: 'VERIFY_EMAIL' })).code).toBe('OTP_NOT_FOUND')
    expect((await verify(gateway, { email, code, purpose: 'VERIFY_EMAIL' })).code).toBe('OTP_INVALID')
    expect((await verify(gateway, { email: stranger.email, code })).code).toBe('OTP_INVALID')
    expect((await verify(gateway, { challengeId, code })).code).toBeUndefined()
  })

  it('live five minutes: they are accepted a second before the end and rejected a second after, swept or not (SR-024)', async () => {
    const [early, late] = [await askForCode(gateway), await askForCode(gateway)]
    gateway.passTime(299_000)
    expect((await verify(gateway, { challengeId: early.challengeId, code: early.code })).code).toBeUndefined()
    gateway.passTime(2_000)
    expect((await verify(gateway, { challengeId: late.challengeId, code: late.code })).code).toBe(
      'OTP_EXPIRED',
    )
    expect((await verify(gateway, { email: late.email, code: late.code })).code).toBe('OTP_EXPIRED')
  })

  it('have the same responses for known and unknown addresses, requested and guessed (SR-078, SR-079)', async () => {
    const unknown = newAddress()
    const decoy = await gateway.send(RequestOtpDocument, { input: { email: unknown, purpose: 'LOGIN' } })
    expect(Object.keys(decoy.data?.requestOtp ?? {})).toHaveLength(7)
    const { challengeId, otpCode } = decoy.data?.requestOtp ?? { challengeId: '', otpCode: '' }
    const real = await askForCode(gateway)
    const answers = [
      await verify(gateway, { challengeId, code: otherThan(otpCode ?? '') }),
      await verify(gateway, { challengeId: real.challengeId, code: otherThan(real.code) }),
      await verify(gateway, { email: newAddress(), code: '111111' }),
    ]
    expect(new Set(answers.map(normalizeResponse)).size).toBe(1)
    expect((await verify(gateway, { challengeId, code: otpCode ?? '' })).code).toBe('OTP_INVALID')
  })

  it('reject numbers, arrays, objects and words as a code, and never repeat the input (SR-028)', async () => {
    const { challengeId } = await askForCode(gateway)
    const query =
      'mutation ($code: String!, $id: ID) { verifyOtp(input: { code: $code, challengeId: $id }) { __typename } }'
    for (const code of [123456, 0.5, ['111111'], { $ne: '' }, null, true]) {
      const answer = await gateway.sendText(query, { code, id: challengeId })
      expect([answer.code, answer.text.includes('111111'), answer.text.includes('$ne')]).toEqual([
        'BAD_USER_INPUT',
        false,
        false,
      ])
    }
    for (const code of ['12345a', '１２３４５６', ' - ', '', '9'.repeat(11), '123456\n', ' '.repeat(65)]) {
      expect((await verify(gateway, { challengeId, code })).code).toBe('BAD_USER_INPUT')
    }
  })
})

describeOnEveryBackend('counted guesses', (backend) => {
  it('stay counted after a rollback: a code with five guesses is rejected after any outcome of the fifth (SR-030)', async () => {
    const gateway = await startGateway(backend, UNLIMITED)
    const { email, challengeId, code } = await askForCode(gateway)
    for (let guess = 0; guess < 4; guess += 1) await verify(gateway, { challengeId, code: otherThan(code) })
    await gateway.app.administration.suspend(email)
    expect(await verify(gateway, { challengeId, code })).toMatchObject({ code: 'OTP_INVALID' })
    await gateway.app.administration.reinstate(email)
    expect((await verify(gateway, { challengeId, code })).code).toBeDefined()
    await gateway.close()
  })
})

describe('limits on codes', () => {
  const [backend] = BACKENDS as readonly [Backend]
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, { TRUST_PROXY: '1' })))
  afterAll(() => gateway.close())

  it('let one message a minute go to an address, and name the time of the next (SR-091)', async () => {
    const email = newAddress()
    const { register } = await gateway.ask(RegisterDocument, { input: { email } })
    const soon = await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    expect(soon.code, 'the message that verifies the address counts, for any purpose').toBe('RATE_LIMITED')
    const { challengeId, otpCode } = register
    await verify(gateway, { challengeId, code: otpCode ?? '', purpose: 'VERIFY_EMAIL' })
    gateway.passTime(60_000)
    await askForCode(gateway, email)
    const second = await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    expect(second.code).toBe('RATE_LIMITED')
    expect(second.errors[0]?.extensions['retryAfter']).toBeGreaterThan(55)
    expect(second.headers['retry-after']).toBe(String(second.errors[0]?.extensions['retryAfter']))
    const unknown = newAddress()
    await gateway.send(RequestOtpDocument, { input: { email: unknown, purpose: 'LOGIN' } })
    expect(
      (await gateway.send(RequestOtpDocument, { input: { email: unknown, purpose: 'LOGIN' } })).code,
    ).toBe('RATE_LIMITED')
    gateway.passTime(60_000)
    expect(
      (await gateway.send(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })).code,
    ).toBeUndefined()
  })

  it('count failures over all codes: a new code does not reset them, a success does (SR-022)', async () => {
    const { email } = await gateway.signUp()
    let refused = 0
    for (let round = 0; round < 11; round += 1) {
      gateway.passTime(6.1 * 60_000)
      const network = { headers: { 'x-forwarded-for': `203.0.113.${round}` } }
      const { challengeId, code } = await askForCode(gateway, email, network)
      for (let guess = 0; guess < 5; guess += 1) {
        const answer = await verify(gateway, { challengeId, code: otherThan(code) }, network)
        if (answer.code === 'RATE_LIMITED') refused += 1
      }
    }
    // No limit of a day rejects the first two guesses of a challenge.
    expect(refused).toBe(11 * (5 - GUARANTEED_GUESSES) - LIMITS.otpFailures.max)
    gateway.passTime(24 * 3600_000)
    const { challengeId, code } = await askForCode(gateway, email)
    expect((await verify(gateway, { challengeId, code })).code).toBeUndefined()
  })

  it('hide the code from responses when exposing it is off (SR-029)', async () => {
    const closed = await startGateway(backend, { OTP_EXPOSE_CODE: 'false' })
    const email = newAddress()
    const { register } = await closed.ask(RegisterDocument, { input: { email } })
    expect(register.otpCode).toBeNull()
    expect(await closed.codeFor(email)).toMatch(/^\d{6}$/)
    await closed.close()
  })

  it('live up to 30 minutes where the settings say so (SR-024)', async () => {
    const long = await startGateway(backend, { OTP_EXPIRATION_MINUTES: '30', RATE_LIMIT_SCALE: '1000' })
    for (const [minutes, code] of [
      [29, undefined],
      [31, 'OTP_EXPIRED'],
    ] as const) {
      const email = newAddress()
      const { register } = await long.ask(RegisterDocument, { input: { email } })
      expect(register.expiresIn).toBe(1800)
      long.passTime(minutes * 60_000)
      const purpose = 'VERIFY_EMAIL'
      const input = { challengeId: register.challengeId, code: register.otpCode ?? '', purpose } as const
      expect((await verify(long, input)).code).toBe(code)
    }
    await long.close()
  })

  it('create codes of the configured length', async () => {
    const long = await startGateway(backend, { OTP_LENGTH: '10', OTP_EXPIRATION_MINUTES: '10' })
    const email = newAddress()
    const { register } = await long.ask(RegisterDocument, { input: { email } })
    expect(register.otpCode).toMatch(/^\d{10}$/)
    expect(register.expiresIn).toBe(600)
    await long.close()
  })
})
