import { z } from 'zod'
import type { MailFrom } from '../../../ports/mailer.ts'
import type { Settings, ValuesOf } from '../../setting-group.ts'
import { apiUrl } from '../../setting-types.ts'
import type { ProviderGroup } from './provider.ts'
import { toMailFrom, type SenderValues } from './senders.ts'

const settings = {
  SENDGRID_API_KEY: {
    type: z.string().describe('text').optional(),
    secret: true,
    doc: 'API key of SendGrid with the permission Mail Send.',
  },
  SENDGRID_URL: {
    type: apiUrl.default('https://api.sendgrid.com'),
    doc: 'API of SendGrid; `https://api.eu.sendgrid.com` in the EU.',
  },
} as const satisfies Settings

type Values = ValuesOf<typeof settings> & SenderValues

/** The API of SendGrid. */
export interface SendGridConfig {
  readonly kind: 'sendgrid'
  readonly url: string
  readonly apiKey: string
  readonly from: MailFrom
}

/** Settings of SendGrid. */
export const sendGridGroup = {
  title: 'SendGrid',
  settings,
  required: ['SENDGRID_API_KEY', 'MAIL_FROM'],
  toConfig: (values: Values): SendGridConfig => ({
    kind: 'sendgrid',
    url: values.SENDGRID_URL,
    apiKey: values.SENDGRID_API_KEY ?? '',
    from: toMailFrom(values),
  }),
  crossChecks: () => [],
} satisfies ProviderGroup<Values, SendGridConfig>
