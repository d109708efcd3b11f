import {
  FIELD_RULES,
  LOGIN_ATTEMPTS,
  LOGIN_ATTEMPTS_BY_STRANGERS,
  LOGIN_FAILURES,
  LOGIN_FAILURES_ON_DEVICE,
  OTP_FAILURES,
  OTP_FAILURES_FROM_NETWORK,
  OTP_FAILURES_ON_DEVICE,
  OTP_FROM_NETWORK,
  OTP_GUESSES,
  OTP_HOURLY,
  OTP_MESSAGES,
  OTP_ON_DEVICE,
  OTP_RESEND,
  OTP_RESEND_TO_STRANGERS,
  REFRESHES,
  REFRESHES_OF_SESSION,
  type LimitRule,
} from './limit-rules.ts'

/** By what a rule counts. `device`: one that has signed in to the account before; `session`: one sign-in, until it ends. */
export const DIMENSIONS = ['account', 'network', 'account and network', 'device', 'session', 'all'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** What a rule does, for whoever reads the documentation and for the test that goes through all of it. */
export interface LimitEntry {
  /** Fields of the schema that it limits. */
  readonly fields: readonly string[]
  readonly per: Dimension
  readonly rule: LimitRule
  /** Whom it counts, and what goes on when it is used up. */
  readonly meaning: string
}

const CODES = ['requestOtp', 'register'] as const

/** Every rule, in the order in which an attempt meets them. A rule that is missing here fails `test/limits-page.test.ts`. */
export const LIMIT_TABLE: readonly LimitEntry[] = [
  entry(['login'], 'network', FIELD_RULES.login, 'Every sign-in by password, whoever is named.'),
  entry(
    ['login'],
    'device',
    LOGIN_FAILURES_ON_DEVICE,
    'Failures on a known device. It is counted by this rule alone: strangers cannot use it up.',
  ),
  entry(
    ['login'],
    'account and network',
    LOGIN_FAILURES,
    'Failures for one address from one network; other networks go on.',
  ),
  entry(
    ['login'],
    'account',
    LOGIN_ATTEMPTS_BY_STRANGERS,
    'Attempts from networks where the address has not signed in within 30 days; its own networks and devices, and codes, go on.',
  ),
  entry(
    ['login'],
    'all',
    LOGIN_ATTEMPTS,
    'The same for all addresses together; known networks and devices go on.',
  ),
  entry(['requestOtp'], 'network', FIELD_RULES.requestOtp, 'Every request for a code, wherever to.'),
  entry(['register'], 'network', FIELD_RULES.register, 'Every registration, whatever the address.'),
  entry(CODES, 'account', OTP_RESEND_TO_STRANGERS, 'Messages to one address for one purpose, to strangers.'),
  entry(
    CODES,
    'account and network',
    OTP_FROM_NETWORK,
    'Messages to one address for one purpose that one network asks for; others may still.',
  ),
  entry(
    CODES,
    'account',
    OTP_HOURLY,
    'Messages to one address for one purpose that strangers ask for; known devices go on, and so does the password.',
  ),
  entry(CODES, 'all', OTP_MESSAGES, 'Messages for one purpose that strangers ask for; known devices go on.'),
  entry(CODES, 'account', OTP_RESEND, 'Messages to one address for one purpose, whoever asks.'),
  entry(
    ['requestOtp'],
    'device',
    OTP_ON_DEVICE,
    'Messages that a known device asks for, beside those of strangers.',
  ),
  entry(['verifyOtp'], 'network', FIELD_RULES.verifyOtp, 'Every guess at a code, whosever.'),
  entry(
    ['verifyOtp'],
    'device',
    OTP_FAILURES_ON_DEVICE,
    'Wrong codes on a known device, for one address and purpose. It is counted by this rule alone.',
  ),
  entry(
    ['verifyOtp'],
    'account and network',
    OTP_FAILURES_FROM_NETWORK,
    'Wrong codes for one address and purpose from one network.',
  ),
  entry(
    ['verifyOtp'],
    'account',
    OTP_FAILURES,
    'Wrong codes of strangers for one address and purpose; by challenge id and by address count apart; known devices and the password go on.',
  ),
  entry(['verifyOtp'], 'all', OTP_GUESSES, 'Guesses of strangers; known devices go on.'),
  entry(['refresh'], 'network', FIELD_RULES.refresh, 'Every refresh, genuine or not.'),
  entry(
    ['refresh'],
    'session',
    REFRESHES_OF_SESSION,
    'Genuine tokens of one session. An account has at most `SESSIONS_PER_USER` of them; the others go on.',
  ),
  entry(['refresh'], 'all', REFRESHES, 'Genuine tokens of all sessions together.'),
  entry(['createPost'], 'account', FIELD_RULES.createPost, 'Posts of one account.'),
]

/** Ways in that are not counted by something, and why; `test/limits-page.test.ts` knows of no other. */
export const UNCOUNTED: readonly { readonly field: string; readonly per: Dimension; readonly why: string }[] =
  [
    {
      field: 'register',
      per: 'device',
      why: 'A device is known to an account that it has signed in to, and here there is none yet: all are strangers.',
    },
    {
      field: 'refresh',
      per: 'account',
      why: 'Each session counts by itself, and an account has at most `SESSIONS_PER_USER` of them.',
    },
    {
      field: 'refresh',
      per: 'account and network',
      why: 'A session is narrower: its one token tells whose it is, from whatever network.',
    },
    { field: 'refresh', per: 'device', why: 'A session is one device; its rule counts it.' },
  ]

function entry(fields: readonly string[], per: Dimension, rule: LimitRule, meaning: string): LimitEntry {
  return { fields, per, rule, meaning }
}
