import { z } from 'zod'
import type { Settings, ValuesOf } from '../../setting-group.ts'
import { apiUrl, textMatching } from '../../setting-types.ts'
import type { ProviderGroup } from './provider.ts'
import type { SenderValues } from './senders.ts'

const settings = {
  TWILIO_ACCOUNT_SID: {
    type: textMatching(/^AC[0-9a-f]{32}$/, 'AC and 32 hexadecimal digits').optional(),
    doc: 'Account SID of Twilio.',
  },
  TWILIO_AUTH_TOKEN: {
    type: z.string().describe('text').optional(),
    secret: true,
    doc: 'Auth token of the Twilio account.',
  },
  TWILIO_URL: { type: apiUrl.default('https://api.twilio.com'), doc: 'API of Twilio.' },
} as const satisfies Settings

type Values = ValuesOf<typeof settings> & SenderValues

/** The API of Twilio. */
export interface TwilioConfig {
  readonly kind: 'twilio'
  readonly url: string
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
}

/** Settings of Twilio. */
export const twilioGroup = {
  title: 'Twilio',
  settings,
  required: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'SMS_FROM'],
  toConfig: (values: Values): TwilioConfig => ({
    kind: 'twilio',
    url: values.TWILIO_URL,
    accountSid: values.TWILIO_ACCOUNT_SID ?? '',
    authToken: values.TWILIO_AUTH_TOKEN ?? '',
    from: values.SMS_FROM ?? '',
  }),
  crossChecks: () => [],
} satisfies ProviderGroup<Values, TwilioConfig>
