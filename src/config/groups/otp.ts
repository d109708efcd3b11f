import { z } from 'zod'
import { parseEmail } from '../../core/email-address.ts'
import { isCountry, parsePhone } from '../../core/phone.ts'
import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { commaSeparated, joinUrl, textMatching, webUrl, wholeNumber } from '../setting-types.ts'
import type { ServerValues } from './server.ts'

const countries = commaSeparated
  .transform((list) => list.map((country) => country.toUpperCase()))
  .refine(
    (list) => list.every(isCountry),
    'countries such as GB,KR (ISO 3166-1 alpha-2), separated by commas',
  )
  .describe('country codes separated by commas')

const testCodes = commaSeparated
  .transform((entries) => entries.map((entry) => entry.split('=')))
  .refine(
    (entries) => entries.every(isTestCode),
    'entries such as review@example.com=314159, separated by commas',
  )
  .transform((entries) =>
    Object.fromEntries(entries.map(([to = '', code = '']) => [parseContact(to) ?? '', code])),
  )
  .describe('`destination=code` entries separated by commas')

const settings = {
  OTP_LENGTH: { type: wholeNumber(4, 10).default(6), doc: 'Number of digits of a one-time code.' },
  OTP_EXPIRATION_MINUTES: {
    type: wholeNumber(1, 30).default(5),
    unit: 'min',
    doc: 'Lifetime of a one-time code. NIST SP 800-63B allows at most 10 min; a longer one is logged at the start.',
  },
  OTP_TEST_CODES: {
    type: testCodes.default({}),
    doc: 'Destinations with a fixed code, to which nothing is sent: for app reviews and end-to-end tests, such as `review@example.com=314159,+447400123456=271828`. Production also requires `OTP_TEST_CODES_UNTIL`.',
    fallback: 'none',
  },
  OTP_TEST_CODES_UNTIL: {
    type: z.iso.date('a date such as 2030-01-31').describe('a date such as 2030-01-31').optional(),
    doc: 'First day (UTC) on which `OTP_TEST_CODES` no longer apply.',
    fallback: 'no end',
  },
  EMAIL_LINK_MINUTES: {
    type: wholeNumber(5, 1440).default(60),
    unit: 'min',
    doc: 'Lifetime of the link that verifies an e-mail address.',
  },
  VERIFY_EMAIL_URL: {
    type: webUrl.optional(),
    doc: 'Page of your own that the verification link opens. It receives `#token=…` and calls `verifyEmail`.',
    fallback: '`/verify-email` at `PUBLIC_URL`; without `PUBLIC_URL` messages contain no link',
  },
  TOTP_ISSUER: {
    type: textMatching(/^[^:]{1,64}$/, 'a name of 1 to 64 characters without a colon').optional(),
    doc: 'Name that authenticator apps show for the account.',
    fallback: 'the host of `PUBLIC_URL`, otherwise `graphql-auth-gateway`',
  },
  SMS_COUNTRIES: {
    type: countries.default([]),
    doc: 'Countries (ISO 3166-1 alpha-2) to which codes are sent by text message, such as `GB,KR`.',
    fallback: 'none: text messages are off',
  },
  SMS_DAILY_BUDGET: {
    type: wholeNumber(0, 10_000_000).default(1000),
    doc: 'Maximum number of text messages per day for all nodes together. When it is spent, no text message is sent until the next day; e-mail is not affected.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type OtpValues = ValuesOf<typeof settings>

type Values = OtpValues & ServerValues

/** One-time codes, verification links and authenticator apps. */
export interface OtpConfig {
  readonly length: number
  readonly minutes: number
  /** Fixed codes by destination. */
  readonly testCodes: Readonly<Record<string, string>>
  /** When they expire, milliseconds since the Unix epoch; null: never. */
  readonly testCodesUntil: number | null
  readonly emailLink: {
    readonly minutes: number
    /** The page that links open; null: messages contain no link. */
    readonly page: string | null
  }
  /** Null: the host of the public URL, or the name of the gateway. */
  readonly totpIssuer: string | null
  readonly sms: { readonly countries: readonly string[]; readonly dailyBudget: number }
}

/** Settings of one-time codes, verification links and authenticator apps. */
export const otpGroup = {
  title: 'One-time codes and authenticator apps',
  settings,
  toConfig: (values: Values): OtpConfig => ({
    length: values.OTP_LENGTH,
    minutes: values.OTP_EXPIRATION_MINUTES,
    testCodes: values.OTP_TEST_CODES,
    testCodesUntil:
      values.OTP_TEST_CODES_UNTIL === undefined ? null : Date.parse(values.OTP_TEST_CODES_UNTIL),
    emailLink: { minutes: values.EMAIL_LINK_MINUTES, page: toLinkPage(values) },
    totpIssuer: values.TOTP_ISSUER ?? null,
    sms: { countries: values.SMS_COUNTRIES, dailyBudget: values.SMS_DAILY_BUDGET },
  }),
  crossChecks: (values: Values) => {
    const codes = Object.values(values.OTP_TEST_CODES)
    return [
      [
        values.NODE_ENV === 'production' && codes.length > 0 && values.OTP_TEST_CODES_UNTIL === undefined,
        'OTP_TEST_CODES_UNTIL: required with OTP_TEST_CODES in production',
      ],
      [
        codes.some((code) => code.length !== values.OTP_LENGTH),
        'OTP_TEST_CODES: every code must have OTP_LENGTH digits',
      ],
    ]
  },
} satisfies SettingGroup<Values, OtpConfig>

/** From settings only: a link built from the `Host` of a request would lead where its sender chooses. */
function toLinkPage({ VERIFY_EMAIL_URL: page, PUBLIC_URL: publicUrl }: Values): string | null {
  return page ?? (publicUrl === undefined ? null : joinUrl(publicUrl, 'verify-email'))
}

function isTestCode([to = '', code = '', ...rest]: readonly string[]): boolean {
  return parseContact(to) !== null && /^\d{4,10}$/.test(code) && rest.length === 0
}

function parseContact(value: string): string | null {
  return parseEmail(value) ?? parsePhone(value)
}
