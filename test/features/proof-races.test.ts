import { afterAll, beforeAll, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { LoginDocument, RegisterDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { signedInBy } from '../support/outcomes.ts'
import { UNLIMITED, change } from './password-steps.ts'
import { PROOFS, createPerson, requestCode, type Person } from './proof-steps.ts'

/** The call of the state store between the read of an account and the statement that uses its proof. */
interface Moment {
  readonly verb: 'compareAndSet' | 'take' | 'increment'
  readonly start: string
}

const SPENDS_CODE: Moment = { verb: 'compareAndSet', start: 'otp:' }
const MOMENTS: readonly (readonly [string, Moment])[] = [
  ['LOGIN code by SMS', SPENDS_CODE],
  ['VERIFY_EMAIL link', SPENDS_CODE],
  ['reset grant by e-mail', { verb: 'take', start: 'reset-grant:' }],
  ['reset grant by SMS', { verb: 'take', start: 'reset-grant:' }],
  ['MFA challenge after a code by SMS', { verb: 'increment', start: 'mfa-guesses:' }],
]

/** A store that performs a change at a moment, once. */
function createInterruptedStore() {
  const inner = createMemoryStore({ now: Date.now })
  let next: (Moment & { readonly perform: () => Promise<unknown> }) | null = null
  async function reach(verb: Moment['verb'], key: string): Promise<void> {
    if (!next || next.verb !== verb || !key.startsWith(next.start)) return
    const { perform } = next
    next = null
    await perform()
  }
  const store: StateStore = {
    ...inner,
    compareAndSet: (key, ...rest) =>
      reach('compareAndSet', key).then(() => inner.compareAndSet(key, ...rest)),
    take: (key) => reach('take', key).then(() => inner.take(key)),
    increment: (key, ttlMs) => reach('increment', key).then(() => inner.increment(key, ttlMs)),
  }
  return {
    store,
    interrupt: (moment: Moment, perform: () => Promise<unknown>) => void (next = { ...moment, perform }),
    wasInterrupted: () => next === null,
  }
}

describeOn(EXTREMES, 'a proof that is being used', (backend) => {
  const { store, interrupt, wasInterrupted } = createInterruptedStore()
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED, { store })))
  afterAll(() => gateway.close())

  const countSessions = async ({ user }: Pick<Person, 'user'>) =>
    (await gateway.sql(`SELECT id FROM sessions WHERE user_id = '${user.id}'`)).length

  /** Uses a proof of a new person while a change commits; expects that it is refused. */
  async function expectRefused(
    name: string,
    moment: Moment,
    commit: (person: Person) => Promise<unknown>,
  ): Promise<void> {
    const kind = PROOFS[name]
    if (!kind) throw new Error(`no proof ${name}`)
    const person = await createPerson(gateway, kind.needsApp ?? false)
    const use = await kind.take(gateway, person)
    const sessions = await countSessions(person)
    interrupt(moment, () => commit(person))
    expect([await use(), wasInterrupted()]).toEqual([kind.refusal, true])
    expect(await countSessions(person)).toBe(sessions)
  }

  it.each(MOMENTS)(
    'such as a %s is refused by the database when the stamp rises after the account was read (SR-176, SR-179)',
    (name, moment) => expectRefused(name, moment, (person) => change(gateway, person, PASSWORD)),
  )

  it.each(MOMENTS)(
    'such as a %s is refused by the database when only its contact changes after the account was read (SR-179)',
    (name, moment) =>
      // As a node of an earlier version does it, which raises no stamp.
      expectRefused(name, moment, ({ user }) =>
        gateway.sql(
          `UPDATE users SET email = '${newAddress()}', phone = '${newPhone()}' WHERE id = '${user.id}'`,
        ),
      ),
  )

  it('by the owner of a PENDING account is accepted while a stranger registers the address again, whose password is not kept (SR-013, SR-181)', async () => {
    const email = newAddress()
    const register = () => gateway.ask(RegisterDocument, { input: { email, password: PASSWORD } })
    await register()
    const input = await requestCode(gateway, { email }, 'LOGIN')
    interrupt(SPENDS_CODE, register)
    signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect(wasInterrupted()).toBe(true)
    const login = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
    expect(login.code).toBe('INVALID_CREDENTIALS')
  })
})
