import { afterAll, beforeAll, expect, it } from 'vitest'
import { MINUTE_MS } from '../../src/core/duration.ts'
import { BACKENDS, describeOn, describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { isSignedIn } from './session-steps.ts'
import { RefreshDocument } from '../generated/graphql.ts'

/** How long a record lives by default: `CACHE_SESSION_SECONDS`. */
const RECORD_MS = MINUTE_MS

/** Ends a session in the database only: a request that has a record does not see it. */
function endInDatabase(gateway: TestGateway, sessionId: string) {
  return gateway.sql(`UPDATE sessions SET revoked_at = created_at WHERE id = '${sessionId}'`)
}

describeOnEveryBackend('sessions that start', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend)))
  afterAll(() => gateway.close())

  it('have a record: their first request reads no session from the database (SR-225)', async () => {
    const signIn = await gateway.signUp()
    await endInDatabase(gateway, signIn.session.id)
    expect(await isSignedIn(gateway, signIn)).toBe(true)
  })
})

// Redis ends records by its own clock, which tests cannot move.
const MOVABLE = BACKENDS.filter(({ store }) => store !== 'redis')

describeOn(MOVABLE, 'sessions that are refreshed', (backend) => {
  let gateway: TestGateway
  const settings = { ACCESS_TOKEN_MINUTES: '15', SESSION_IDLE_MINUTES: '16' }
  beforeAll(async () => void (gateway = await startGateway(backend, settings)))
  afterAll(() => gateway.close())

  const refresh = async ({ refreshToken = null }: { refreshToken?: string | null }) =>
    (await gateway.ask(RefreshDocument, { refreshToken })).refresh

  it('have a record again, which is not older than the refresh (SR-225)', async () => {
    const first = await gateway.signUp()
    gateway.passTime(RECORD_MS + 1000)
    const second = await refresh(first)
    await endInDatabase(gateway, second.session.id)
    expect(await isSignedIn(gateway, second)).toBe(true)
    gateway.passTime(RECORD_MS)
    expect(await isSignedIn(gateway, second)).toBe(false)
  })

  it('are not rejected by a record from before the refresh, which has their old expiry (SR-225)', async () => {
    const first = await gateway.signUp()
    gateway.passTime(903_000)
    expect(await isSignedIn(gateway, first)).toBe(true)
    gateway.passTime(2000)
    const second = await refresh(first)
    gateway.passTime(57_000)
    expect(await isSignedIn(gateway, second)).toBe(true)
  })
})
