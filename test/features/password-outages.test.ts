import { afterEach, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { unavailable } from '../../src/core/errors.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { LoginDocument, RegisterDocument, RevokeOtherSessionsDocument } from '../generated/graphql.ts'
import { eventually } from '../support/servers/processes.ts'
import { NEW_PASSWORD, UNLIMITED, change, loginCode, reset, resetTokenFor } from './password-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

/** A faulty call of the store: delayed until the gate opens, or failed before or after it took effect. */
type Trouble = { kind: 'gate'; open: Promise<void> } | { kind: 'lost'; done: boolean }

/** A real store in which one call fails. */
function troubledStore() {
  const inner = createMemoryStore({ now: Date.now })
  let trouble: { readonly key: RegExp; readonly what: Trouble } | null = null
  let met = 0
  async function through<T>(key: string, work: () => Promise<T>): Promise<T> {
    if (!trouble?.key.test(key)) return work()
    const { what } = trouble
    met += 1
    if (what.kind === 'gate') {
      await what.open
      return work()
    }
    if (what.done) await work()
    throw unavailable(new Error('cut off'))
  }
  const store: StateStore = {
    ...inner,
    set: (key, value, ttlMs, options) =>
      through(value === 'ended' ? 'ended' : key, () => inner.set(key, value, ttlMs, options)),
    take: (key) => through(key, () => inner.take(key)),
    reserve: (key, limit) => through(key, () => inner.reserve(key, limit)),
  }
  return {
    store,
    meet: (key: RegExp, what: Trouble) => void (trouble = { key, what }),
    heal: () => void (trouble = null),
    met: () => met,
  }
}

describeOn(EXTREMES, 'a password, when a dependency is slow or unavailable', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  async function begin(settings: Record<string, string> = {}) {
    const troubled = troubledStore()
    const gateway = await startGateway(backend, { ...UNLIMITED, ...settings }, { store: troubled.store })
    running.push(gateway)
    return { ...troubled, gateway, mine: await gateway.signUp() }
  }

  it('that is changed during a sign-in with the old one lets that sign-in fail (SR-068)', async () => {
    const { gateway, mine, meet, heal, met } = await begin()
    let letGo = () => {}
    meet(/login-failures/, { kind: 'gate', open: new Promise((resolve) => (letGo = resolve)) })
    const late = gateway.send(LoginDocument, { input: { email: mine.email, password: PASSWORD } })
    await eventually(async () => met() === 1)
    heal()
    expect((await change(gateway, mine, PASSWORD)).code).toBeUndefined()
    letGo()
    expect((await late).code).toBe('INVALID_CREDENTIALS')
    expect(await loginCode(gateway, mine.email, NEW_PASSWORD)).toBeUndefined()
  })

  it.each([false, true])(
    'is not reset, and the grant stays valid, when the store fails while it is spent; takes effect anyway: %s (SR-134)',
    async (done) => {
      const { gateway, mine, meet, heal } = await begin()
      const token = await resetTokenFor(gateway, mine.email)
      meet(/reset-grant/, { kind: 'lost', done: false })
      expect((await reset(gateway, token)).code).toBe('SERVICE_UNAVAILABLE')
      heal()
      expect(await loginCode(gateway, mine.email, PASSWORD)).toBeUndefined()
      if (done) {
        // The key was taken and the response lost; writing the grant back succeeds.
        meet(/reset-grant/, { kind: 'lost', done: true })
        const failing = reset(gateway, token)
        await expect(failing).resolves.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
        heal()
      }
      expect((await reset(gateway, token)).code).toBeUndefined()
    },
  )

  it('that was changed while the state store fails is not reported as changed; the next revocation of all sessions completes it (SR-066, SR-165)', async () => {
    const { gateway, mine, meet, heal } = await begin()
    const other = await signInAgain(gateway, mine.email)
    expect(await isSignedIn(gateway, other)).toBe(true)
    meet(/^ended$/, { kind: 'lost', done: false })
    expect((await change(gateway, mine, PASSWORD)).code).toBe('SERVICE_UNAVAILABLE')
    heal()
    await eventually(async () =>
      (await gateway.messagesTo(mine.email)).some(({ subject }) => subject === 'Your password was changed'),
    )
    await gateway.ask(RevokeOtherSessionsDocument, {}, mine.accessToken)
    expect(await isSignedIn(gateway, other)).toBe(false)
    expect(await loginCode(gateway, mine.email, NEW_PASSWORD)).toBeUndefined()
  })

  it('is rejected at once when there is no free hashing capacity, and nothing is counted or sent for it (SR-010, SR-080)', async () => {
    const settings = { RATE_LIMIT_SCALE: '1', PASSWORD_HASH_CONCURRENCY: '1', PASSWORD_HASH_QUEUE: '1' }
    const { gateway, mine, meet, heal, met } = await begin(settings)
    gateway.passTime(60_000)
    const grant = await resetTokenFor(gateway, mine.email)
    let letGo = () => {}
    meet(/login-failures/, { kind: 'gate', open: new Promise((resolve) => (letGo = resolve)) })
    // Two requests are held where their attempts are counted: the one that hashes and the one that waits.
    const held = [loginCode(gateway, newAddress(), 'x'), loginCode(gateway, newAddress(), 'x')]
    await eventually(async () => met() === 2)
    const email = newAddress()
    const refused = [
      ...(await Promise.all(
        Array.from({ length: 12 }, () =>
          gateway.send(LoginDocument, { input: { email: mine.email, password: PASSWORD } }),
        ),
      )),
      await gateway.send(LoginDocument, { input: { email: newAddress(), password: PASSWORD } }),
      await gateway.send(RegisterDocument, { input: { email, password: PASSWORD } }),
      await change(gateway, mine, PASSWORD),
      await reset(gateway, grant),
    ]
    for (const answer of refused)
      expect([answer.code, answer.headers['retry-after']]).toEqual(['SERVICE_UNAVAILABLE', '1'])
    // Requests without a password, and requests that are invalid, are answered meanwhile.
    expect(await isSignedIn(gateway, mine)).toBe(true)
    expect((await change(gateway, mine, PASSWORD, 'short')).code).toBe('BAD_USER_INPUT')
    heal()
    letGo()
    await Promise.all(held)
    expect(await loginCode(gateway, mine.email, PASSWORD)).toBeUndefined()
    expect(
      (await gateway.send(RegisterDocument, { input: { email, password: PASSWORD } })).code,
    ).toBeUndefined()
    expect((await reset(gateway, grant)).code).toBeUndefined()
  })
})
