import { z } from 'zod'
import { countries, switchValue, testCodes, whole } from '../setting-types.ts'

/** Settings of one-time codes, their links and text messages. */
export const OTP_SETTINGS = {
  OTP_LENGTH: { type: whole(4, 10).default(6), doc: 'Digits of a one-time code, 4 to 10.' },
  OTP_EXPIRATION_MINUTES: {
    type: whole(1, 10).default(5),
    doc: 'Life of a one-time code, 1 to 10 min (NIST SP 800-63B allows 10).',
  },
  OTP_EXPOSE_CODE: {
    type: switchValue.optional(),
    doc: 'Answers carry the code in `otpCode`. Default: on in development and test; refused in production.',
  },
  OTP_TEST_CODES: {
    type: testCodes.default({}),
    doc: 'Destinations that always get the same code and no message, for app reviews and end-to-end tests: `review@example.com=314159,+447400123456=271828`. In production only with `OTP_TEST_CODES_UNTIL`.',
  },
  OTP_TEST_CODES_UNTIL: {
    type: z.iso.date('a date such as 2030-01-31').optional(),
    doc: 'First day (UTC) on which `OTP_TEST_CODES` no longer apply.',
  },
  EMAIL_LINK_MINUTES: {
    type: whole(5, 1440).default(60),
    doc: 'Life of the link that confirms an e-mail address, 5 to 1440 min.',
  },
  VERIFY_EMAIL_URL: {
    type: z.url({ protocol: /^https?$/, error: 'an http:// or https:// address' }).optional(),
    doc: 'Your own page for links that confirm an address; it gets `#token=…` and calls `verifyEmail`. Default: the page at `PUBLIC_URL`; without that messages carry no link.',
  },
  TOTP_ISSUER: {
    type: z
      .string()
      .regex(/^[^:]{1,64}$/, 'a name of 1 to 64 characters without a colon')
      .optional(),
    doc: 'Name that authenticator apps show beside the account, 1 to 64 characters without a colon. Default: the host of `PUBLIC_URL`, else `graphql-auth-gateway`.',
  },
  SMS_COUNTRIES: {
    type: countries.default([]),
    doc: 'Countries that codes are texted to, ISO 3166-1 alpha-2, separated by commas: `GB,KR`. Default: none, and text messages are off.',
  },
  SMS_DAILY_BUDGET: {
    type: whole(0, 10_000_000).default(1000),
    doc: 'Text messages of the whole installation in a day, 0 to 10000000; beyond it nothing is texted, and e-mail goes on.',
  },
} as const
