import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { LogoutDocument, RequestOtpDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { EXTREMES } from '../support/backends.ts'
import { PASSWORD, startGateway, type TestGateway } from '../support/gateway.ts'
import { signInAgain, tryRefresh } from './session-steps.ts'

/** Keys with the only hash tag: the id that the gateway has given to a session or a key. */
const TAGGED = /^(session|api-key|blacklist):\{[A-Za-z0-9_-]{8,}\}(:[A-Za-z0-9_-]+)?$/

describe('the slot of a key in a cluster', () => {
  const keys = new Set<string>()
  let gateway: TestGateway
  beforeAll(async () => {
    const [backend] = EXTREMES
    if (!backend) throw new Error('no backend')
    gateway = await startGateway(
      backend,
      { RATE_LIMIT_SCALE: '1000' },
      { store: record(createMemoryStore({ now: Date.now }), keys) },
    )
  })
  afterAll(() => gateway.close())

  it('is not chosen by input with braces (SR-146, SR-147)', async () => {
    const email = `a{tag}{b}.${Math.random().toString(36).slice(2)}@example.com`
    const person = await gateway.signUp(email)
    const other = await signInAgain(gateway, email)
    await gateway.send(RequestOtpDocument, { input: { email: '{tag}@example.com', purpose: 'LOGIN' } })
    for (const challengeId of ['{tag}', '{', 'x}{tag}', 'session:{tag}'])
      await gateway.send(VerifyOtpDocument, { input: { challengeId, code: '123456', purpose: 'LOGIN' } })
    await tryRefresh(gateway, { refreshToken: '{tag}.1.x' })
    await tryRefresh(gateway, other)
    for (const name of ['X-Forwarded-For', 'User-Agent'])
      await gateway.sendText('{ me { id } }', {}, { token: person.accessToken, headers: { [name]: '{tag}' } })
    await gateway.sendText(
      'mutation ($password: String!) { resetPassword(input: { resetToken: "{tag}", newPassword: $password }) { messageKey } }',
      { password: PASSWORD },
    )
    await gateway.send(LogoutDocument, {}, { token: person.accessToken })
    expect(keys.size).toBeGreaterThan(15)
    expect([...keys].filter((key) => /[{}]/.test(key) && !TAGGED.test(key))).toEqual([])
    expect([...keys].filter((key) => key.includes('tag') || !/^[\w:{}.-]+$/.test(key))).toEqual([])
  })
})

/** The store; adds every key that a method is called with. */
function record(store: StateStore, keys: Set<string>): StateStore {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (first: unknown, ...others: unknown[]) => {
        for (const key of [first].flat()) if (typeof key === 'string') keys.add(key)
        return Reflect.apply(method, target, [first, ...others]) as unknown
      }
    },
  })
}
