import { decodeJwt } from 'jose'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { countCodes, sendInBatches } from '../support/batches.ts'
import { PASSWORD, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { SERVICE_SETTINGS, introspect, revoke } from '../support/token-endpoints.ts'
import { CreateApiKeyDocument, RevokeApiKeyDocument } from '../generated/graphql.ts'
import { createApiKey, isAccepted, issueToken, tryIssue } from './api-key-steps.ts'
import { change, reset, resetTokenFor } from './password-steps.ts'
import { givePhone, undo, undoTokenFor } from './recovery-steps.ts'

describeOn(EXTREMES, 'an API key', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend, { ...SERVICE_SETTINGS, API_TOKEN_MINUTES: '5' })
  })
  afterAll(() => gateway.close())

  /** An account with a key and a token that was accepted once. */
  async function start() {
    const owner = await gateway.signUp()
    const key = await createApiKey(gateway, owner.accessToken)
    const token = (await issueToken(gateway, key)).accessToken
    expect(await isAccepted(gateway, token)).toBe(true)
    return { owner, key, token }
  }

  /** Whether the token and the key are still good. */
  async function probe({ key, token }: Awaited<ReturnType<typeof start>>) {
    return [await isAccepted(gateway, token), (await tryIssue(gateway, key)).code]
  }

  const ENDED = [false, 'INVALID_CREDENTIALS']

  it('survives a password change (SR-255)', async () => {
    const one = await start()
    expect((await change(gateway, one.owner, PASSWORD)).code).toBeUndefined()
    expect(await probe(one)).toEqual([true, undefined])
  })

  it('ends with its tokens by a password reset (SR-255)', async () => {
    const one = await start()
    expect((await reset(gateway, await resetTokenFor(gateway, one.owner.email))).code).toBeUndefined()
    expect(await probe(one)).toEqual(ENDED)
  })

  it('does not outlive a password reset that races its creation (SR-255)', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { accessToken, email } = await gateway.signUp()
      const resetToken = await resetTokenFor(gateway, email)
      const input = { name: 'a race', scopes: ['posts:read'] }
      const [done, ...created] = await Promise.all([
        reset(gateway, resetToken),
        ...[1, 2, 3].map(() => gateway.send(CreateApiKeyDocument, { input }, { token: accessToken })),
      ])
      expect(done.code).toBeUndefined()
      for (const { data, code } of created)
        if (data) expect((await tryIssue(gateway, data.createApiKey)).code).toBe('INVALID_CREDENTIALS')
        else expect(code).toBe('UNAUTHENTICATED')
    }
  })

  it('ends with its tokens by the undo of a change (SR-255)', async () => {
    const one = await start()
    await givePhone(gateway, newPhone(), one.owner.accessToken)
    const token = await undoTokenFor(gateway, one.owner.email)
    expect((await undo(gateway, token)).code).toBeUndefined()
    expect(await probe(one)).toEqual(ENDED)
  })

  it('ends with its tokens by a suspension, and stays ended after it (SR-255)', async () => {
    const one = await start()
    await gateway.app.administration.suspend(one.owner.email)
    expect(await probe(one)).toEqual(ENDED)
    await gateway.app.administration.reinstate(one.owner.email)
    expect(await probe(one)).toEqual(ENDED)
  })

  it('ends with its tokens when its account is deleted (SR-255)', async () => {
    const one = await start()
    await gateway.sql(`DELETE FROM users WHERE id = '${one.owner.user.id}'`)
    expect(await probe(one)).toEqual(ENDED)
  })

  it('is read from the database where the state store has lost its record (SR-251)', async () => {
    const [one, two] = [await start(), await start()]
    await gateway.ask(RevokeApiKeyDocument, { id: two.key.apiKey }, two.owner.accessToken)
    await loseRecords(gateway)
    expect(await probe(one)).toEqual([true, undefined])
    expect(await probe(two)).toEqual(ENDED)
  })

  it('has tokens that other services verify and introspect, and can revoke one by one (SR-254)', async () => {
    const { owner, key, token } = await start()
    const { iat = 0, exp = 0, ...claims } = decodeJwt(token)
    expect(exp - iat).toBe(300)
    expect(claims).toMatchObject({ sub: owner.user.id, sid: key.apiKey, scope: key.key.scopes.join(' ') })
    expect(claims).not.toHaveProperty('amr')
    const { body } = await introspect(gateway, token)
    expect(body).toMatchObject({ active: true, sid: key.apiKey, scope: key.key.scopes.join(' ') })
    const other = (await issueToken(gateway, key)).accessToken
    await revoke(gateway, token)
    expect((await introspect(gateway, token)).body).toEqual({ active: false })
    expect([await isAccepted(gateway, token), await isAccepted(gateway, other)]).toEqual([false, true])
  })

  it('is in the audit trail of its owner: created, used, refused and revoked (SR-256)', async () => {
    const { owner, key } = await start()
    await tryIssue(gateway, { ...key, apiSecret: (await start()).key.apiSecret })
    await gateway.ask(RevokeApiKeyDocument, { id: key.apiKey }, owner.accessToken)
    const expected = ['created', 'revoked'].map((end) => `authn_api_key_${end}`)
    const tokens = ['created', 'fail'].map((end) => `authn_api_token_${end}`)
    const events = await eventually(async () => {
      const rows = await gateway.sql<{ event: string; reason: string }>(
        `SELECT event, reason FROM audit_events WHERE user_id = '${owner.user.id}' AND event LIKE 'authn_api%'`,
      )
      return rows.length === 4 && rows
    })
    expect(events.map(({ event }) => event).toSorted()).toEqual([...expected, ...tokens].toSorted())
    expect(events.map(({ reason }) => reason)).toEqual(Array.from({ length: 4 }, () => key.apiKey))
  })

  it('is named in the trail of its owner for some refused requests, and not for a flood of them (SR-256)', async () => {
    const scaled = await gateway.sibling({ RATE_LIMIT_SCALE: '1' })
    const { owner, key } = await start()
    const wrong = { ...key, apiSecret: (await start()).key.apiSecret }
    const { max } = LIMITS.refusalsOfKey
    await sendInBatches(max + 5, () => tryIssue(scaled, wrong))
    await scaled.app.close()
    const rows = await gateway.sql(
      `SELECT id FROM audit_events WHERE user_id = '${owner.user.id}' AND event = 'authn_api_token_fail'`,
    )
    expect(rows).toHaveLength(max)
  })

  it('is limited in tokens by its genuine secret only, so that strangers do not use it up (SR-252)', async () => {
    // On stores of its own: the other tests have used up some of the tokens of their network.
    const own = await startGateway(backend, { RATE_LIMIT_SCALE: '1' })
    const { accessToken } = await own.signUp()
    const [key, other] = [await createApiKey(own, accessToken), await createApiKey(own, accessToken)]
    const wrong = { ...key, apiSecret: other.apiSecret }
    const { max } = LIMITS.tokensOfKey
    const refused = await sendInBatches(max + 5, () => tryIssue(own, wrong))
    expect(countCodes(refused)).toEqual({ INVALID_CREDENTIALS: max + 5 })
    const genuine = await sendInBatches(max + 5, () => tryIssue(own, key))
    expect(countCodes(genuine)).toEqual({ OK: max, RATE_LIMITED: 5 })
    await own.close()
  })
})

/** Deletes every record of the state store. */
async function loseRecords(gateway: TestGateway): Promise<void> {
  const url = gateway.environment['REDIS_URL']
  if (url === undefined) return void (await gateway.sql('DELETE FROM state_entries'))
  const redis = new Redis(url)
  await redis.flushdb()
  redis.disconnect()
}
