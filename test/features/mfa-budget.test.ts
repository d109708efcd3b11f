import { afterEach, expect, it } from 'vitest'
import { LIMITS, dailyTotpGuessProbability } from '../../src/features/limits/limits.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { DisableTotpDocument, RegenerateRecoveryCodesDocument } from '../generated/graphql.ts'
import {
  loginChallenge,
  nextCode,
  signUpWithApp,
  verifyMfa,
  wrongCode,
  type PersonWithApp,
} from './mfa-steps.ts'

const HOUR = 60 * 60_000

describeOn(EXTREMES, 'guesses at a second factor', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })

  /** Redis uses its own clock for counters. */
  const clockIsOurs = backend.store !== 'redis'
  async function start(): Promise<TestGateway> {
    const gateway = await startGateway(backend)
    running.push(gateway)
    return gateway
  }

  /** Guesses in one challenge after another until the budget is used up; returns how many were compared. */
  async function exhaust(nodes: readonly TestGateway[], person: PersonWithApp): Promise<number> {
    let compared = 0
    for (let round = 0; ; round += 1) {
      const node = nodes[round % nodes.length] as TestGateway
      const challengeId = await loginChallenge(node, person.email)
      for (let guess = 0; guess < 5; guess += 1) {
        const wrong = guess % 2 ? 'ABCD-EFGH-JKMN-PQRS' : wrongCode(person.secret, node.now())
        const { code } = await verifyMfa(nodes[guess % nodes.length] as TestGateway, challengeId, wrong)
        if (code === 'RATE_LIMITED') return compared
        expect(code).toBe('MFA_INVALID')
        compared += 1
      }
    }
  }

  it('share one budget over challenges, nodes and operations, by app and by recovery code (SR-017, SR-021, SR-022)', async () => {
    const gateway = await start()
    const sibling = await gateway.sibling()
    const person = await signUpWithApp(gateway)
    expect(await exhaust([gateway, sibling], person)).toBe(LIMITS.mfaHourly.max)
    const challengeId = await loginChallenge(gateway, person.email)
    const right = nextCode(gateway, person)
    const refused = await verifyMfa(gateway, challengeId, right)
    expect([refused.code, refused.headers['retry-after']]).toEqual([
      'RATE_LIMITED',
      String(refused.errors[0]?.extensions['retryAfter']),
    ])
    const token = { token: person.accessToken }
    const [recovery = ''] = person.recoveryCodes
    for (const code of [right, recovery]) {
      expect((await gateway.send(DisableTotpDocument, { code }, token)).code).toBe('RATE_LIMITED')
      expect((await gateway.send(RegenerateRecoveryCodesDocument, { code }, token)).code).toBe('RATE_LIMITED')
    }
    if (clockIsOurs) {
      gateway.passTime(HOUR)
      const answer = await verifyMfa(gateway, await loginChallenge(gateway, person.email), recovery)
      expect(answer.code).toBeUndefined()
    }
    await sibling.app.close()
  })

  it('never exceed a hundred in a day, even if a correct code resets the hour (SR-022, SR-023)', async () => {
    const gateway = await start()
    const person = await signUpWithApp(gateway)
    let compared = 1
    for (;;) {
      const challengeId = await loginChallenge(gateway, person.email)
      const wrong = wrongCode(person.secret, gateway.now())
      let last: string | undefined
      for (let guess = 0; guess < 4 && last !== 'RATE_LIMITED'; guess += 1) {
        last = (await verifyMfa(gateway, challengeId, wrong)).code
        if (last !== 'RATE_LIMITED') compared += 1
      }
      if (last === 'RATE_LIMITED') break
      const { code } = await verifyMfa(gateway, challengeId, nextCode(gateway, person))
      if (code === 'RATE_LIMITED') break
      expect(code).toBeUndefined()
      compared += 1
    }
    expect(compared).toBe(LIMITS.mfaDaily.max)
    if (clockIsOurs) {
      const tryAgain = async () =>
        (await verifyMfa(gateway, await loginChallenge(gateway, person.email), nextCode(gateway, person)))
          .code
      gateway.passTime(23 * HOUR)
      expect(await tryAgain()).toBe('RATE_LIMITED')
      gateway.passTime(HOUR)
      expect(await tryAgain()).toBeUndefined()
    }
    // Two codes are correct at any time, and a guess requires the first factor.
    expect(dailyTotpGuessProbability()).toBe(2e-4)
  })

  it('are not available to a stranger: a wrong password leads to none and locks no owner out (SR-089)', async () => {
    const gateway = await start()
    const person = await signUpWithApp(gateway)
    for (let guess = 0; guess < LIMITS.mfaHourly.max + 5; guess += 1)
      expect((await verifyMfa(gateway, `challenge-${guess}`, '123456')).code).toBe('MFA_INVALID')
    const answer = await verifyMfa(
      gateway,
      await loginChallenge(gateway, person.email),
      nextCode(gateway, person),
    )
    expect(answer.code).toBeUndefined()
  })
})
