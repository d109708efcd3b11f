import { afterEach } from 'vitest'
import type { Backend } from '../support/backends.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { newAddress, startGateway, type TestGateway, type TestOverrides } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { startProvider, type Provider } from '../support/servers/provider.ts'
import { startMailServer, type MailServer } from '../support/servers/smtp.ts'

/** A row of the outbox. */
export interface MessageRow {
  readonly id: string
  readonly sealed: string
  readonly attempts: number | bigint
}

/** Settings for delivery by a mail server. */
export const bySmtp = ({ address }: MailServer) => ({
  MAIL_TRANSPORTS: 'smtp',
  MAIL_FROM: 'Example <no-reply@example.com>',
  SMTP_URL: `smtp://${address}`,
})

/** Settings for delivery by a webhook. */
export const byWebhook = ({ url }: Provider) => ({
  MAIL_TRANSPORTS: 'webhook',
  MESSAGE_WEBHOOK_URL: url,
  MESSAGE_WEBHOOK_SECRET: 'z9$Kq2!mT5@wR8#yU1%iO4^pA7&sD0*f',
})

/** Registers an address, to which a code is sent. */
export const register = (gateway: TestGateway, email = newAddress()) =>
  gateway.ask(RegisterDocument, { input: { email } })

/** The messages in the outbox. */
export const waiting = (gateway: TestGateway) => gateway.sql<MessageRow>('SELECT * FROM outgoing_messages')

/** Waits until the outbox is empty. */
export const emptied = (gateway: TestGateway) => eventually(async () => (await waiting(gateway)).length === 0)

/** The messages that a webhook received, in order. */
export const messagesAt = ({ requests }: Provider) =>
  requests.map(({ body }) => JSON.parse(body) as { id: string; to: string; subject: string; text: string })

/** Servers and gateways of a suite, closed after each test, the last first. */
export function messageSteps(backend: Backend) {
  const closing: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })
  const closed = <Made>(made: Made, close: () => Promise<void>): Made => {
    closing.push(close)
    return made
  }
  return {
    async mailServer(): Promise<MailServer> {
      const server = await startMailServer()
      return closed(server, () => server.close())
    },
    async provider(answer: Provider['answer'] = () => 200): Promise<Provider> {
      const provider = Object.assign(await startProvider(), { answer })
      return closed(provider, () => provider.close())
    },
    async gateway(settings: Record<string, string>, overrides: TestOverrides = {}): Promise<TestGateway> {
      const gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '10000', ...settings }, overrides)
      return closed(gateway, () => gateway.close())
    },
    /** Another node, or the next process, on the stores of a gateway. */
    async sibling(of: TestGateway, settings: Record<string, string> = {}): Promise<TestGateway> {
      const gateway = await of.sibling(settings)
      return closed(gateway, () => gateway.app.close())
    },
  }
}
