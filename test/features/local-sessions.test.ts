import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  LogoutDocument,
  MeDocument,
  RevokeApiKeyDocument,
  RevokeSessionDocument,
} from '../generated/graphql.ts'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { countCalls, startRedis, type RedisServer } from '../support/servers/redis.ts'
import { createApiKey, isAccepted, issueToken } from './api-key-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const REDIS = BACKENDS.filter(({ store }) => store === 'redis')

describeOn(REDIS, 'session records in the memory of two nodes', (backend) => {
  let server: RedisServer
  let redis: Redis
  let first: TestGateway
  let second: TestGateway
  beforeAll(async () => {
    server = await startRedis()
    redis = new Redis(server.url)
    redis.on('error', () => undefined)
    first = await startGateway(backend, { REDIS_URL: server.url, CACHE_SESSION_LOCAL_SECONDS: '60' })
    second = await first.sibling()
  })
  afterAll(async () => {
    await second.app.close()
    await first.close()
    redis.disconnect()
    await server.stop()
  })

  /** The number of reads that the server has executed. */
  const countReads = () => countCalls(redis, 'mget')

  /** Repeats a request until it needs no read of the state store. */
  const repeatUntilKnown = (request: () => Promise<unknown>) =>
    eventually(async () => {
      const before = await countReads()
      await request()
      return (await countReads()) === before
    })

  /** Signs in, and waits until the other node accepts the token without a read of the state store. */
  async function signInOnBoth(node = first, sibling = second) {
    const signIn = await node.signUp()
    await repeatUntilKnown(async () => expect(await isSignedIn(sibling, signIn)).toBe(true))
    return signIn
  }

  it('need no read of the state store (SR-248)', async () => {
    const signIn = await signInOnBoth()
    const before = await countReads()
    for (let request = 0; request < 10; request += 1) expect(await isSignedIn(second, signIn)).toBe(true)
    expect(await countReads()).toBe(before)
  })

  it('are forgotten on every node when a session ends on one, however it ends (SR-248)', async () => {
    const ends: ((signIn: Awaited<ReturnType<typeof signInOnBoth>>) => Promise<unknown>)[] = [
      ({ accessToken }) => first.ask(LogoutDocument, {}, accessToken),
      ({ accessToken }) => first.ask(LogoutDocument, { everywhere: true }, accessToken),
      async ({ email, session }) => {
        const { accessToken } = await signInAgain(first, email)
        return first.ask(RevokeSessionDocument, { id: session.id }, accessToken)
      },
    ]
    for (const end of ends) {
      const signIn = await signInOnBoth()
      await end(signIn)
      await eventually(async () => !(await isSignedIn(second, signIn)))
    }
  })

  it('are forgotten on every node when an API key is revoked on one (SR-248)', async () => {
    const { accessToken } = await signInOnBoth()
    const created = await createApiKey(first, accessToken)
    const token = (await issueToken(first, created)).accessToken
    await repeatUntilKnown(async () => expect(await isAccepted(second, token)).toBe(true))
    await first.ask(RevokeApiKeyDocument, { id: created.key.id }, accessToken)
    await eventually(async () => !(await isAccepted(second, token)))
  })

  it('show a suspension and a change by a statement as soon as without them (SR-248)', async () => {
    const signIn = await signInOnBoth()
    await first.sql(`UPDATE users SET suspended_at = created_at WHERE id = '${signIn.user.id}'`)
    expect(await isSignedIn(second, signIn)).toBe(false)
  })

  it('need no read of the state store with cached accounts either, and follow their changes on another node (SR-248)', async () => {
    const settings = { CACHE_SESSION_LOCAL_SECONDS: '60', CACHE_ACCOUNT_SECONDS: '60' }
    const node = await startGateway(backend, { REDIS_URL: server.url, ...settings })
    const sibling = await node.sibling()
    const { user, accessToken } = await signInOnBoth(node, sibling)
    const readRoles = async (from: TestGateway) => (await from.ask(MeDocument, {}, accessToken)).me.roles
    await node.app.administration.setRoles(user.id, ['USER', 'EDITOR'])
    for (const changed of [node, sibling])
      await eventually(async () => (await readRoles(changed)).includes('EDITOR'))
    await repeatUntilKnown(() => readRoles(sibling))
    await node.app.administration.suspend(user.id)
    for (const changed of [node, sibling])
      await eventually(async () => !(await isSignedIn(changed, { accessToken })))
    await sibling.app.close()
    await node.close()
  })

  it('accept no token when the state store is lost (SR-248)', async () => {
    const signIn = await signInOnBoth()
    await server.crash()
    const me = () => second.send(MeDocument, {}, { token: signIn.accessToken })
    await eventually(async () => (await me()).code === 'SERVICE_UNAVAILABLE')
    for (let request = 0; request < 5; request += 1) expect((await me()).code).toBe('SERVICE_UNAVAILABLE')
    await server.restart()
    // The sessions are still in the database.
    await eventually(async () => (await me()).code === undefined)
  })
})
