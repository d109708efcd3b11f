import { afterEach } from 'vitest'
import type { Backend } from '../support/backends.ts'
import { RegisterDocument } from '../generated/graphql.ts'
import { newAddress, startGateway, type TestGateway, type TestOverrides } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { startProvider, type Provider } from '../support/servers/provider.ts'
import { startMailServer, type MailServer } from '../support/servers/smtp.ts'

/** A row of a message on its way. */
export interface MessageRow {
  readonly id: string
  readonly sealed: string
  readonly attempts: number | bigint
}

/** Settings that send by a mail server. */
export const bySmtp = ({ address }: MailServer) => ({
  MAIL_TRANSPORTS: 'smtp',
  MAIL_FROM: 'Example <no-reply@example.com>',
  SMTP_URL: `smtp://${address}`,
})

/** Settings that send by a webhook. */
export const byWebhook = ({ url }: Provider) => ({
  MAIL_TRANSPORTS: 'webhook',
  MESSAGE_WEBHOOK_URL: url,
  MESSAGE_WEBHOOK_SECRET: 'z9$Kq2!mT5@wR8#yU1%iO4^pA7&sD0*f',
})

/** Registers an address, which sends a code to it. */
export const register = (gateway: TestGateway, email = newAddress()) =>
  gateway.ask(RegisterDocument, { input: { email } })

/** Messages that are on their way. */
export const waiting = (gateway: TestGateway) => gateway.sql<MessageRow>('SELECT * FROM outgoing_messages')

/** Waits until there are none. */
export const emptied = (gateway: TestGateway) => eventually(async () => (await waiting(gateway)).length === 0)

/** Messages that a webhook got, in order. */
export const messagesAt = ({ requests }: Provider) =>
  requests.map(({ body }) => JSON.parse(body) as { id: string; to: string; subject: string; text: string })

/** For a suite: servers and gateways that are gone after each test, the last first. */
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
    /** Another node, or the next process, on the stores of one. */
    async sibling(of: TestGateway, settings: Record<string, string> = {}): Promise<TestGateway> {
      const gateway = await of.sibling(settings)
      return closed(gateway, () => gateway.app.close())
    },
  }
}
