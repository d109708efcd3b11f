import { z } from 'zod'
import type { MailFrom } from '../../../ports/mailer.ts'
import type { Settings, ValuesOf } from '../../setting-group.ts'
import { apiUrl, textMatching } from '../../setting-types.ts'
import type { ProviderGroup } from './provider.ts'
import { toMailFrom, type SenderValues } from './senders.ts'

const settings = {
  MAILGUN_API_KEY: {
    type: z.string().describe('text').optional(),
    secret: true,
    doc: 'Sending key of Mailgun.',
  },
  MAILGUN_DOMAIN: {
    type: textMatching(/^[A-Za-z0-9.-]+$/, 'a domain such as mg.example.com').optional(),
    doc: 'Sending domain at Mailgun.',
  },
  MAILGUN_URL: {
    type: apiUrl.default('https://api.mailgun.net'),
    doc: 'API of Mailgun; `https://api.eu.mailgun.net` in the EU.',
  },
} as const satisfies Settings

type Values = ValuesOf<typeof settings> & SenderValues

/** The API of Mailgun. */
export interface MailgunConfig {
  readonly kind: 'mailgun'
  readonly url: string
  readonly apiKey: string
  readonly domain: string
  readonly from: MailFrom
}

/** Settings of Mailgun. */
export const mailgunGroup = {
  title: 'Mailgun',
  settings,
  required: ['MAILGUN_API_KEY', 'MAILGUN_DOMAIN', 'MAIL_FROM'],
  toConfig: (values: Values): MailgunConfig => ({
    kind: 'mailgun',
    url: values.MAILGUN_URL,
    apiKey: values.MAILGUN_API_KEY ?? '',
    domain: values.MAILGUN_DOMAIN ?? '',
    from: toMailFrom(values),
  }),
  crossChecks: () => [],
} satisfies ProviderGroup<Values, MailgunConfig>
