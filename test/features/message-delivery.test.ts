import { expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { LEASE_MS } from '../../src/features/notifications/delivery-service.ts'
import { RequestOtpDocument } from '../generated/graphql.ts'
import { newAddress, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { bySmtp, byWebhook, emptied, messageSteps, messagesAt, register, waiting } from './message-steps.ts'

describeOn(EXTREMES, 'messages', (backend) => {
  const steps = messageSteps(backend)

  it('are delivered once each, by either of two nodes', async () => {
    const [server, stuck] = [await steps.mailServer(), await steps.provider(() => new Promise(() => {}))]
    // A node at its full concurrency: it leaves further messages to other nodes.
    const full = await steps.gateway(byWebhook(stuck))
    for (let place = 0; place < 10; place += 1) await register(full)
    await eventually(async () => stuck.requests.length === 10)
    const addresses = Array.from({ length: 80 }, newAddress)
    for (let index = 0; index < addresses.length; index += 20)
      await Promise.all(addresses.slice(index, index + 20).map((to) => register(full, to)))
    await full.app.close()
    const settings = { ...bySmtp(server), MESSAGE_WEBHOOK_URL: '' }
    const nodes = await Promise.all([steps.sibling(full, settings), steps.sibling(full, settings)])
    const sentTo = () => server.received.flatMap(({ to }) => to).filter((to) => addresses.includes(to))
    // Longer than a lease: on a slow machine the full node times out and claims some of the 80.
    await eventually(async () => new Set(sentTo()).size === 80, 2 * LEASE_MS)
    for (const { app } of nodes) await app.close()
    const sent = sentTo()
    expect(sent.toSorted()).toEqual(addresses.toSorted())
    expect(new Set(server.received.map(({ mail }) => mail.messageId)).size).toBe(server.received.length)
  }, 180_000)

  it('are stored sealed before the response and removed after delivery (SR-027, SR-029)', async () => {
    let answer = (_status: number) => {}
    const provider = await steps.provider(() => new Promise((resolve) => (answer = resolve)))
    const gateway = await steps.gateway(byWebhook(provider))
    const email = newAddress()
    const { register: challenge } = await register(gateway, email)
    const rows = await waiting(gateway)
    const dump = JSON.stringify(rows, (_key, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    )
    await eventually(async () => provider.requests.length === 1)
    const [message] = messagesAt(provider)
    const code = challenge.otpCode ?? 'none'
    expect(message).toMatchObject({ to: email, text: expect.stringContaining(code) as string })
    expect(rows.map(({ id }) => id)).toContain(message?.id)
    const encoded = Buffer.from(email).toString('base64url')
    for (const secret of [code, email, email.split('@')[0] ?? '', encoded, 'VERIFY_EMAIL'])
      expect(dump).not.toContain(secret)
    answer(200)
    await emptied(gateway)
  })

  it('are rescheduled while the provider is down and delivered with the same id when it is back (SR-034)', async () => {
    const provider = await steps.provider(() => 503)
    const gateway = await steps.gateway(byWebhook(provider))
    const email = newAddress()
    await register(gateway, email)
    await eventually(async () => provider.requests.length === 2)
    expect((await waiting(gateway)).length).toBe(1)
    provider.answer = () => 200
    await emptied(gateway)
    expect(messagesAt(provider).map(({ to }) => to)).toEqual([email, email, email])
    expect(new Set(provider.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  it('with and without a recipient write the same rows (SR-034, SR-078)', async () => {
    const gateway = await steps.gateway({})
    const known = await gateway.signUp()
    await countInserts(gateway)
    const cost = async (work: () => Promise<unknown>) => {
      const before = (await gateway.sql('SELECT * FROM inserted')).length
      await work()
      return (await gateway.sql('SELECT * FROM inserted')).length - before
    }
    const requestOtp = (email: string) =>
      cost(() => gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } }))
    expect([await requestOtp(known.email), await requestOtp(newAddress())]).toEqual([1, 1])
    const registering = (email: string) => cost(() => register(gateway, email))
    expect([await registering(known.email), await registering(newAddress())]).toEqual([1, 1])
    await emptied(gateway)
  })

  /** Makes the database record each message that is added. */
  async function countInserts(gateway: TestGateway): Promise<void> {
    await gateway.sql('CREATE TABLE inserted (id TEXT)')
    const copy = 'INSERT INTO inserted VALUES (NEW.id)'
    await gateway.sql(
      backend.database === 'sqlite'
        ? `CREATE TRIGGER noted AFTER INSERT ON outgoing_messages BEGIN ${copy}; END`
        : `CREATE RULE noted AS ON INSERT TO outgoing_messages DO ALSO ${copy}`,
    )
  }
})
