import type { Settings, ValuesOf } from '../../setting-group.ts'
import { endpointUrl, randomSecret } from '../../setting-types.ts'
import type { ProviderGroup } from './provider.ts'

const settings = {
  MESSAGE_WEBHOOK_URL: {
    type: endpointUrl.optional(),
    doc: 'URL to which the transport `webhook` posts signed messages: see [messages.md](messages.md).',
  },
  MESSAGE_WEBHOOK_SECRET: {
    type: randomSecret.optional(),
    secret: true,
    doc: 'Secret that signs the requests to `MESSAGE_WEBHOOK_URL`.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type WebhookValues = ValuesOf<typeof settings>

/** A service of the operator that sends messages. */
export interface WebhookConfig {
  readonly kind: 'webhook'
  readonly url: string
  readonly secret: string
}

/** Settings of the message webhook. */
export const webhookGroup = {
  title: 'Webhook',
  settings,
  required: ['MESSAGE_WEBHOOK_URL', 'MESSAGE_WEBHOOK_SECRET'],
  toConfig: (values: WebhookValues): WebhookConfig => ({
    kind: 'webhook',
    url: values.MESSAGE_WEBHOOK_URL ?? '',
    secret: values.MESSAGE_WEBHOOK_SECRET ?? '',
  }),
  crossChecks: () => [],
} satisfies ProviderGroup<WebhookValues, WebhookConfig>
