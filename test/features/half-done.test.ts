import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { unavailable } from '../../src/core/errors.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { LogoutDocument, RevokeOtherSessionsDocument, RevokeSessionDocument } from '../generated/graphql.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const backend = BACKENDS.find(({ store }) => store === 'memory') as Backend

// A real store that cannot record ends, as when its node stopped between the database and the state store.
function storeThatMissesEnds(): { store: StateStore; misses: (missing: boolean) => void } {
  const inner = createMemoryStore({ now: Date.now })
  let missing = false
  const set: StateStore['set'] = (key, value, ttlMs, options) =>
    missing && value === 'ended'
      ? Promise.reject(unavailable(new Error('cut off')))
      : inner.set(key, value, ttlMs, options)
  return { store: { ...inner, set }, misses: (next) => void (missing = next) }
}

describe('a revocation that is stored in the database but not in the state store', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  async function begin() {
    const { store, misses } = storeThatMissesEnds()
    const gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' }, { store })
    running.push(gateway)
    const one = await gateway.signUp()
    const other = await signInAgain(gateway, one.email)
    for (const signIn of [one, other]) expect(await isSignedIn(gateway, signIn)).toBe(true)
    return { gateway, misses, one, other }
  }

  it.each([
    [
      'revokeOtherSessions',
      (gateway: TestGateway, token: string) => gateway.send(RevokeOtherSessionsDocument, {}, { token }),
    ],
    [
      'logout everywhere',
      (gateway: TestGateway, token: string) => gateway.send(LogoutDocument, { everywhere: true }, { token }),
    ],
  ])('is not confirmed by %s, and is completed by a retry (SR-066, SR-165)', async (_name, end) => {
    const { gateway, misses, one, other } = await begin()
    misses(true)
    expect((await end(gateway, one.accessToken)).code).toBe('SERVICE_UNAVAILABLE')
    misses(false)
    expect((await end(gateway, one.accessToken)).code).toBeUndefined()
    expect(await isSignedIn(gateway, other)).toBe(false)
  })

  it('is completed by the next revocation of all sessions (SR-066, SR-165)', async () => {
    const { gateway, misses, one, other } = await begin()
    misses(true)
    const half = await gateway.send(
      RevokeSessionDocument,
      { id: other.session.id },
      { token: one.accessToken },
    )
    expect(half.code).toBe('SERVICE_UNAVAILABLE')
    misses(false)
    await gateway.app.administration.suspend(one.email)
    expect([await isSignedIn(gateway, one), await isSignedIn(gateway, other)]).toEqual([false, false])
  })
})
