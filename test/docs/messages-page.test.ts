import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, removeFolder, type Backend } from '../support/backends.ts'
import { byWebhook, emptied, register } from '../features/message-steps.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { loadPageCode, type PageCode } from '../support/page-code.ts'
import { startProvider, type Provider, type ReceivedRequest } from '../support/servers/provider.ts'

/** The exports of the code in docs/messages.md. */
interface Recipe {
  isFromGateway(body: string, signature: string, secret: string, now?: number): boolean
}

describe('the recipe for a webhook', () => {
  let page: PageCode
  let provider: Provider
  let gateway: TestGateway
  let request: ReceivedRequest
  let secret: string
  beforeAll(async () => {
    page = await loadPageCode('docs/messages.md')
    provider = await startProvider()
    const settings = byWebhook(provider)
    secret = settings.MESSAGE_WEBHOOK_SECRET
    const [smallest] = BACKENDS as readonly [Backend]
    gateway = await startGateway(smallest, settings)
    await register(gateway)
    await emptied(gateway)
    request = provider.requests[0] as ReceivedRequest
  })
  afterAll(async () => {
    await gateway.close()
    await provider.close()
    removeFolder(page.folder)
  })

  const check = (change: Partial<{ body: string; signature: string; secret: string; now: number }> = {}) => {
    const signature = String(request.headers['gateway-signature'])
    const given = { body: request.body, signature, secret, now: gateway.now(), ...change }
    return (page.exports as Recipe).isFromGateway(given.body, given.signature, given.secret, given.now)
  }

  it('accepts a request of the gateway for five minutes', () => {
    expect(check()).toBe(true)
    const [, seconds] = /t=(\d+)/.exec(String(request.headers['gateway-signature'])) ?? []
    const after = (ms: number) => check({ now: Number(seconds) * 1000 + ms })
    expect([after(299_000), after(302_000), after(-302_000)]).toEqual([true, false, false])
  })

  it('rejects another secret, body or time, and a malformed signature', () => {
    const signature = String(request.headers['gateway-signature'])
    const seconds = Number(/t=(\d+)/.exec(signature)?.[1])
    expect(check({ secret: `${secret}x` })).toBe(false)
    expect(check({ body: request.body.replace('EMAIL', 'SMS') })).toBe(false)
    expect(check({ signature: signature.replace(`t=${seconds}`, `t=${seconds + 1}`) })).toBe(false)
    for (const other of [
      '',
      'v1=',
      signature.replace('v1=', 'v0='),
      `${signature}00`,
      signature.slice(0, -1),
    ])
      expect(check({ signature: other }), other).toBe(false)
  })

  it('verifies a request with the documented fields and idempotency key', () => {
    const message = JSON.parse(request.body) as Record<string, unknown>
    expect(Object.keys(message).toSorted()).toEqual(['channel', 'html', 'id', 'subject', 'text', 'to'])
    expect(message['id']).toBe(request.headers['idempotency-key'])
  })
})
