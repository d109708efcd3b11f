import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConfirmTotpDocument, EnrollTotpDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { readDeviceCookie } from './limit-actors.ts'
import { codeAt } from './mfa-steps.ts'
import { UNLIMITED } from './password-steps.ts'
import {
  EVENTS,
  PROOFS,
  createPerson,
  isKnownDevice,
  requestCode,
  setPhone,
  signInOnDevice,
  type Use,
} from './proof-steps.ts'
import { isSignedIn } from './session-steps.ts'

describeOnEveryBackend('a proof', (backend) => {
  let gateway: TestGateway
  let strict: TestGateway
  beforeAll(async () => {
    const shared = backend.store === 'memory' ? { store: createMemoryStore({ now: Date.now }) } : {}
    gateway = await startGateway(backend, { ...UNLIMITED, TRUST_PROXY: '1' }, shared)
    strict = await gateway.sibling({ RATE_LIMIT_SCALE: '1' })
  })
  afterAll(async () => {
    await strict.app.close()
    await gateway.close()
  })

  it.each(Object.entries(PROOFS))('such as a %s is accepted while nothing has ended it', async (_, kind) => {
    const person = await createPerson(gateway, kind.needsApp ?? false)
    const use = await kind.take(gateway, person)
    expect(await use()).toBeUndefined()
  })

  it.each(Object.entries(EVENTS))(
    'of any kind is refused after %s (SR-176, SR-177)',
    async (_, { hasApp, happen }) => {
      const person = await createPerson(gateway, hasApp)
      const device = await signInOnDevice(gateway, person)
      const held: [string, Use][] = []
      const kinds = Object.entries(PROOFS).filter(([, { needsApp }]) => !needsApp || hasApp)
      for (const [name, { take }] of kinds) held.push([name, await take(gateway, person)])
      expect((await happen(gateway, person))?.code).toBeUndefined()
      const outcomes: [string, string | undefined][] = []
      for (const [name, use] of held) outcomes.push([name, await use()])
      expect(outcomes).toEqual(kinds.map(([name, { refusal }]) => [name, refusal]))
      expect(await isKnownDevice(strict, gateway, person.email, device)).toBe(false)
    },
    60_000,
  )

  it('that is a code for a new number sets none after another change of the account (SR-176)', async () => {
    const { accessToken: token, ...person } = await createPerson(gateway, false)
    const [first, second] = [newPhone(), newPhone()]
    const input = await requestCode(gateway, { phone: first }, 'VERIFY_PHONE', token)
    expect((await setPhone(gateway, token, second)).code).toBeUndefined()
    expect((await gateway.send(VerifyOtpDocument, { input }, { token })).code).toBe('OTP_INVALID')
    const rows = await gateway.sql(`SELECT phone FROM users WHERE email = '${person.email}'`)
    expect(rows).toEqual([{ phone: second }])
  })

  it.each([
    'changePassword',
    'a second factor that was removed',
    'a phone number that was changed',
    'a phone number that was removed',
  ])(
    'leaves the session of %s signed in, and its device known (SR-177, SR-178)',
    async (name) => {
      const event = EVENTS[name]
      if (!event) throw new Error(`no event ${name}`)
      const person = await createPerson(gateway, event.hasApp)
      const answer = await event.happen(gateway, person)
      expect(await isSignedIn(gateway, person)).toBe(true)
      const device = answer && readDeviceCookie(answer)
      expect(await isKnownDevice(strict, gateway, person.email, device)).toBe(true)
    },
    60_000,
  )

  it('leaves the session that adds a second factor signed in, and its device known (SR-177, SR-178)', async () => {
    const { accessToken: token, email } = await createPerson(gateway, false)
    const { enrollTotp } = await gateway.ask(EnrollTotpDocument, {}, token)
    const code = codeAt(enrollTotp.secret, gateway.now())
    const confirmed = await gateway.send(ConfirmTotpDocument, { code }, { token })
    expect(await isSignedIn(gateway, { accessToken: token })).toBe(true)
    expect(await isKnownDevice(strict, gateway, email, readDeviceCookie(confirmed))).toBe(true)
  }, 60_000)
})
