import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openAdapters, type Adapters } from '../../src/composition/adapters.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { parsePhone } from '../../src/core/phone.ts'
import { createStaticKeySource, newSigningJwk, buildPrivateKeySet } from '../../src/core/token-keys.ts'
import type { Recipient } from '../../src/features/notifications/notification.ts'
import { createLog } from '../../src/http/log.ts'
import { createServices, type Services } from '../../src/composition/services.ts'
import { freshDatabase, removeFolder, temporaryFolder } from '../support/backends.ts'
import { startProvider, type Provider } from '../support/servers/provider.ts'
import { eventually } from '../support/servers/processes.ts'

const phone = parsePhone('+44 7400 123456')
const ACCOUNT = `AC${'0'.repeat(32)}`

describe('text messages', () => {
  let folder: string
  let twilio: Provider
  let webhook: Provider
  let adapters: Adapters
  let services: Services
  beforeEach(async () => {
    folder = temporaryFolder()
    twilio = await startProvider()
    webhook = await startProvider()
    const config = loadConfig({
      variables: {
        DATA_DIR: folder,
        DATABASE_URL: await freshDatabase('sqlite', folder),
        SMS_TRANSPORTS: 'twilio,webhook',
        SMS_FROM: 'Example',
        TWILIO_ACCOUNT_SID: ACCOUNT,
        TWILIO_AUTH_TOKEN: 'token',
        TWILIO_URL: `${twilio.url}/`,
        MESSAGE_WEBHOOK_URL: webhook.url,
        MESSAGE_WEBHOOK_SECRET: 'z9$Kq2!mT5@wR8#yU1%iO4^pA7&sD0*f',
      },
      readFile: () => '',
    })
    adapters = await openAdapters(config, createLog('silent'), { show: null })
    const keys = createStaticKeySource(await buildPrivateKeySet('ES256', [await newSigningJwk('ES256')]))
    services = createServices(config, adapters, { issuer: 'test', keys })
  })
  afterEach(async () => {
    await services.notifications.drain()
    await adapters.close()
    await twilio.close()
    await webhook.close()
    removeFolder(folder)
  })

  function sendCode(code: string): Promise<void> {
    if (!phone) throw new Error('it is a number')
    const recipient: Recipient = { contact: { channel: 'SMS', address: phone }, languages: [] }
    return services.notifications.send(recipient, {
      kind: 'code',
      purpose: 'LOGIN',
      code,
      minutes: 5,
      link: null,
    })
  }
  const emptied = () => eventually(async () => (await adapters.outbox.readBacklog()).messages === 0)

  it('are sent by Twilio, with the texts for text messages', async () => {
    await sendCode('314159')
    await emptied()
    expect(twilio.requests.map(({ form }) => form)).toEqual([
      { To: phone, From: 'Example', Body: expect.stringContaining('314159') as string },
    ])
    expect(webhook.requests).toEqual([])
  })

  it('are sent by the webhook while Twilio is unavailable, and not at all when Twilio refuses the number', async () => {
    twilio.answer = () => 503
    await sendCode('271828')
    await emptied()
    expect(JSON.parse(webhook.requests[0]?.body ?? '{}')).toEqual({
      channel: 'SMS',
      id: webhook.requests[0]?.headers['idempotency-key'],
      to: phone,
      text: expect.stringContaining('271828') as string,
    })
    twilio.answer = () => 400
    await sendCode('161803')
    await emptied()
    expect([twilio.requests.length, webhook.requests.length]).toEqual([2, 1])
    const { text } = await adapters.metrics.read()
    const counted = (transport: string, result: string) =>
      text.includes(`gateway_messages_total{channel="SMS",transport="${transport}",result="${result}"} 1\n`)
    expect([
      counted('twilio', 'failed'),
      counted('webhook', 'sent'),
      counted('twilio', 'refused'),
      counted('none', 'dropped'),
    ]).toEqual([true, true, true, true])
  })

  it('are not accepted while the database is unavailable: the caller gets an error (SR-034)', async () => {
    await adapters.close()
    await expect(sendCode('141421')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
  })
})
