import { z } from 'zod'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { onOff, wholeNumber } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const settings = {
  OTP_EXPOSE_CODE: {
    type: onOff.optional(),
    doc: 'Returns one-time codes in the response field `otpCode`. Rejected in production.',
    fallback: '`on`; `off` in production',
  },
  DEV_OUTBOX: {
    type: z.enum(['here', 'anyone', 'off']).default('here'),
    doc: 'Who may read sent messages at `/dev/outbox` and in `devOutbox`. `here`: clients on the same machine that connect without a proxy. `anyone`: every client that reaches the gateway, for containers; rejected in production. `off`: not served. Production never serves them.',
  },
  RATE_LIMIT_SCALE: {
    type: wholeNumber(1, 1_000_000).default(1),
    doc: 'Factor by which all rate limits are multiplied, for load tests. Must be 1 in production.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type DevelopmentValues = ValuesOf<typeof settings>

type Values = DevelopmentValues & ServerValues

/** What only development and tests use. */
export interface DevelopmentConfig {
  /** Responses contain one-time codes. */
  readonly exposeOtpCode: boolean
  /** Who may read the development mailbox; always `off` in production. */
  readonly mailbox: DevelopmentValues['DEV_OUTBOX']
  readonly rateLimitScale: number
}

/** Settings that only development and tests use. */
export const developmentGroup = {
  title: 'Development',
  settings,
  toConfig: (values: Values): DevelopmentConfig => ({
    exposeOtpCode: values.OTP_EXPOSE_CODE ?? values.NODE_ENV !== 'production',
    mailbox: values.NODE_ENV === 'production' ? 'off' : values.DEV_OUTBOX,
    rateLimitScale: values.RATE_LIMIT_SCALE,
  }),
  crossChecks: (values: Values) => {
    const isProduction = values.NODE_ENV === 'production'
    return [
      [isProduction && values.OTP_EXPOSE_CODE === true, 'OTP_EXPOSE_CODE: must be off in production'],
      [isProduction && values.DEV_OUTBOX === 'anyone', 'DEV_OUTBOX: must be here or off in production'],
      [isProduction && values.RATE_LIMIT_SCALE !== 1, 'RATE_LIMIT_SCALE: must be 1 in production'],
    ]
  },
} satisfies SettingGroup<Values, DevelopmentConfig>
