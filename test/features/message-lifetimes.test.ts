import { describe, expect, it } from 'vitest'
import { systemRandom, type Random } from '../../src/core/secrets.ts'
import { refreshMinutes } from '../../src/features/notifications/minutes-left.ts'
import { computeRetryDelay } from '../../src/features/notifications/retry-delay.ts'
import { RequestOtpDocument, VerifyEmailDocument } from '../generated/graphql.ts'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { newAddress } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { bySmtp, byWebhook, emptied, messageSteps, messagesAt, register } from './message-steps.ts'
import { codeNotification } from './notifications.ts'

const MINUTE = 60_000
const LINK = 'https://auth.example.com/verify-email#token=abc'

/** Times as the databases return them. */
type Time = string | number | bigint | Date

interface RowTimes {
  readonly attempts: number | bigint
  readonly due_at: Time
  readonly created_at: Time
}

function toMs(time: Time): number {
  return new Date(typeof time === 'bigint' ? Number(time) : time).getTime()
}

describeOn(BACKENDS, 'a confirmation that the mail server defers (SR-210)', (backend) => {
  const steps = messageSteps(backend)

  it('arrives after its code has expired, with the link alone and the time that the link is valid', async () => {
    const server = await steps.mailServer()
    server.answer = () => 451
    const gateway = await steps.gateway(bySmtp(server))
    const email = newAddress()
    await register(gateway, email)
    // The lease of an attempt in progress is a minute; the next attempt is due earlier.
    await eventually(async () => {
      const [row] = await gateway.sql<RowTimes>('SELECT attempts, due_at, created_at FROM outgoing_messages')
      return row && row.attempts >= 1 && toMs(row.due_at) - toMs(row.created_at) < 30_000
    })
    gateway.passTime(6 * MINUTE)
    server.answer = () => null
    await emptied(gateway)
    const [received] = server.received
    const text = received?.mail.text ?? ''
    expect(received?.to).toEqual([email])
    expect(text).toContain('The link is valid for 5')
    expect(text).not.toMatch(/code|\d{6}/)
    expect(received?.mail.html).not.toMatch(/confirmation code|letter-spacing/)
    const token = /#token=([\w.-]+)/.exec(text)?.[1] ?? ''
    const verified = await gateway.ask(VerifyEmailDocument, { token, signIn: false })
    expect(verified.verifyEmail.messageKey).toBe('EMAIL_VERIFIED_SUCCESSFULLY')
  })
})

describeOn(BACKENDS.slice(0, 1), 'a message with a code', (backend) => {
  const steps = messageSteps(backend)

  it('says how long the code is valid at its delivery (SR-210)', async () => {
    const provider = await steps.provider(() => 503)
    const gateway = await steps.gateway(byWebhook(provider))
    await register(gateway)
    await eventually(async () => provider.requests.length === 1)
    gateway.passTime(2.5 * MINUTE)
    provider.answer = () => 200
    await emptied(gateway)
    const text = messagesAt(provider).at(-1)?.text
    expect(text).toMatch(/It is valid for 2 minutes/)
    expect(text).toMatch(/within 57 minutes:/)
  })

  it('and no link is dropped when the code has expired (SR-210)', async () => {
    const provider = await steps.provider()
    const gateway = await steps.gateway(byWebhook(provider))
    const { email } = await gateway.signUp()
    await emptied(gateway)
    provider.answer = () => 503
    gateway.passTime(MINUTE)
    await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    await eventually(async () => provider.requests.length === 2)
    gateway.passTime(5 * MINUTE)
    await emptied(gateway)
    expect(provider.requests.length).toBe(2)
  })
})

describe('a stored message of an earlier version', () => {
  it('has a code and a link that expire with the message (SR-210)', () => {
    const stored = codeNotification('VERIFY_EMAIL', LINK, 5)
    expect(refreshMinutes(stored, 0, 5 * MINUTE)).toEqual({ ...stored, linkMinutes: 5 })
    expect(refreshMinutes(stored, 3 * MINUTE, 5 * MINUTE)).toEqual({ ...stored, minutes: 2, linkMinutes: 2 })
  })
})

describe('the attempts to deliver a message (SR-210)', () => {
  /** The times of all attempts at a message that always fails, in milliseconds. */
  function simulateAttempts(lifetime: number, maxAttempts: number, random: Random): number[] {
    const message = { createdAt: new Date(0), expiresAt: new Date(lifetime) }
    const times = [0]
    while (times.length < maxAttempts) {
      const at = times.at(-1) ?? 0
      const delay = computeRetryDelay(message, maxAttempts - times.length, at, random)
      if (delay === null) break
      times.push(at + delay)
    }
    return times
  }

  /** The shortest jitter, the longest one, and that of the gateway. */
  const JITTERS: readonly Random[] = [
    { ...systemRandom, integer: () => 0 },
    { ...systemRandom, integer: (below) => below - 1 },
    systemRandom,
  ]

  it.each([5, 15, 30, 60, 24 * 60])('do not run out before %i minutes, its lifetime', (minutes) => {
    for (const random of JITTERS)
      for (const maxAttempts of [16, 30, 50]) {
        const times = simulateAttempts(minutes * MINUTE, maxAttempts, random)
        expect(times[1]).toBeLessThanOrEqual(2600)
        expect(times.at(-1)).toBeGreaterThan(0.75 * minutes * MINUTE)
        expect(times.at(-1)).toBeLessThan(minutes * MINUTE)
      }
  })

  it('are made early when the settings allow few', () => {
    expect(simulateAttempts(60 * MINUTE, 2, systemRandom)[1]).toBeLessThanOrEqual(7500)
  })
})
