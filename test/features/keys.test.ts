import { setTimeout as sleep } from 'node:timers/promises'
import { decodeProtectedHeader } from 'jose'
import { afterEach, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { isSignedIn, signInAgain, tryRefresh } from './session-steps.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describeOnEveryBackend('signing keys', (backend) => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0).reverse()) await gateway.close()
  })

  async function start(settings: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ...settings })
    running.push(gateway)
    return gateway
  }
  const readRing = ({ app }: TestGateway) => {
    if (!app.keyRing) throw new Error('no key ring')
    return app.keyRing
  }
  const readKid = ({ accessToken }: { accessToken: string }) => decodeProtectedHeader(accessToken).kid
  const published = async ({ app }: TestGateway) => {
    const { body } = await app.http.app.inject('/.well-known/jwks.json')
    return (JSON.parse(body) as { keys: { kid: string; d?: string }[] }).keys
  }
  /** Makes the node read the keys, as a token with an unknown `kid` does, at most twice a second. */
  async function look(gateway: TestGateway): Promise<void> {
    await sleep(550)
    await readRing(gateway).refresh()
  }
  const states = (gateway: TestGateway) =>
    readRing(gateway)
      .list()
      .map(({ state }) => state)

  it('are published ten minutes before they sign, and old ones verify their tokens (SR-051, SR-131)', async () => {
    const gateway = await start()
    const first = await gateway.signUp()
    const next = await readRing(gateway).rotate(false)
    expect((await published(gateway)).map(({ kid }) => kid)).toEqual([readKid(first), next])
    expect(readKid(await signInAgain(gateway, first.email))).toBe(readKid(first))
    gateway.passTime(10 * MINUTE + 1)
    await readRing(gateway)
      .rotate(false)
      .catch(() => undefined)
    expect(states(gateway).slice(0, 2)).toEqual(['retiring', 'signing'])
    expect(readKid(await signInAgain(gateway, first.email))).toBe(next)
    expect(await isSignedIn(gateway, first)).toBe(true)
  })

  it('never print a private part', async () => {
    const gateway = await start()
    await readRing(gateway).rotate(true)
    for (const key of await published(gateway)) expect(Object.keys(key)).not.toContain('d')
  })

  it('are followed by one key when several nodes rotate at the same time', async () => {
    const gateway = await start()
    const sibling = await gateway.sibling()
    const kids = await Promise.all(
      [gateway, sibling, gateway, sibling].map((node) => readRing(node).rotate(false)),
    )
    expect(new Set(kids).size).toBe(1)
    expect(states(gateway)).toEqual(['signing', 'next'])
    await sibling.app.close()
  })

  it('are read by a node that receives a token of a new key before its next poll (SR-051)', async () => {
    const gateway = await start()
    const sibling = await gateway.sibling()
    const { email } = await gateway.signUp()
    await sleep(550)
    const kid = await readRing(gateway).rotate(true)
    const signIn = await signInAgain(gateway, email)
    expect(readKid(signIn)).toBe(kid)
    expect(backend.store === 'memory' || (await isSignedIn(sibling, signIn))).toBe(true)
    await sibling.app.close()
  })

  it('invalidate their tokens when they are retired, cached or not; the signing key cannot be retired (SR-051)', async () => {
    const gateway = await start()
    const first = await gateway.signUp()
    expect(await isSignedIn(gateway, first)).toBe(true)
    const old = readKid(first) ?? ''
    await expect(readRing(gateway).retire(old)).rejects.toThrow('signing key')
    await readRing(gateway).rotate(true)
    expect(await isSignedIn(gateway, first)).toBe(true)
    expect(await readRing(gateway).retire(old)).toBe(true)
    expect(await isSignedIn(gateway, first)).toBe(false)
    expect(await readRing(gateway).retire(old)).toBe(false)
    expect((await tryRefresh(gateway, first)).code).toBeUndefined()
  })

  it('are followed by the next key at the configured age and removed when their last token has expired (SR-051)', async () => {
    const gateway = await start({ KEY_ROTATION_DAYS: '30', SESSION_MAX_DAYS: '90', REFRESH_TOKEN_DAYS: '90' })
    const first = await gateway.signUp()
    gateway.passTime(30 * DAY + 1000)
    await look(gateway)
    expect(states(gateway)).toEqual(['signing', 'next'])
    gateway.passTime(11 * MINUTE)
    await look(gateway)
    expect(states(gateway)).toEqual(['retiring', 'signing'])
    gateway.passTime(DAY + 30 * MINUTE)
    await look(gateway)
    expect(states(gateway)).toEqual(['signing'])
    expect((await tryRefresh(gateway, first)).code).toBeUndefined()
  })

  it('are sealed in the database and cannot be opened under another secret (SR-130)', async () => {
    const secret = 'the first master secret, made up for this test: 8Xw2'
    const gateway = await start({ GATEWAY_SECRET: secret })
    const rows = await gateway.sql<{ sealed: string }>('SELECT sealed FROM signing_keys')
    expect(rows).toHaveLength(1)
    expect(Buffer.from(rows[0]?.sealed ?? '', 'base64url').toString('latin1')).not.toContain('"d"')
    await expect(gateway.sibling({ GATEWAY_SECRET: `${secret}?` })).rejects.toThrow('GATEWAY_SECRET')
  })

  it('and refresh tokens survive a stepwise change of the master secret without a sign-out (SR-131)', async () => {
    const [old, next] = ['old master secret of this test 0f9GhK2', 'next master secret of this test 7TzQpL4']
    const gateway = await start({ GATEWAY_SECRET: old })
    const first = await gateway.signUp()
    const one = await gateway.sibling({ GATEWAY_SECRET: old, GATEWAY_SECRETS_ACCEPTED: next })
    const two = await gateway.sibling({ GATEWAY_SECRET: next, GATEWAY_SECRETS_ACCEPTED: old })
    const byTwo = await tryRefresh(two, first)
    const byOne = await tryRefresh(one, byTwo.data?.refresh ?? {})
    const last = await tryRefresh(two, byOne.data?.refresh ?? {})
    expect([byTwo.code, byOne.code, last.code]).toEqual([undefined, undefined, undefined])
    const three = await gateway.sibling({ GATEWAY_SECRET: next })
    expect((await tryRefresh(three, last.data?.refresh ?? {})).code).toBeUndefined()
    expect((await tryRefresh(three, byOne.data?.refresh ?? {})).code).toBe('TOKEN_INVALID')
    for (const node of [one, two, three]) await node.app.close()
  })
})
