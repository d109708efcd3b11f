import {
  FIELD_RULES,
  LOGIN_ATTEMPTS,
  LOGIN_ATTEMPTS_BY_STRANGERS,
  LOGIN_FAILURES,
  LOGIN_FAILURES_ON_DEVICE,
  MFA_DAILY,
  MFA_HOURLY,
  OTP_DAILY,
  OTP_DAILY_IN_ALL,
  OTP_DAILY_ON_DEVICE,
  OTP_FAILURES,
  OTP_FAILURES_FROM_NETWORK,
  OTP_FAILURES_ON_DEVICE,
  OTP_GUESSES,
  OTP_HOURLY,
  OTP_HOURLY_IN_ALL,
  OTP_HOURLY_ON_DEVICE,
  OTP_RESEND,
  OTP_RESENDS,
  REFRESHES,
  REFRESHES_OF_SESSION,
  SMS_DAILY,
  SMS_PER_BLOCK,
  SMS_PER_NETWORK,
  type LimitRule,
} from './limit-rules.ts'

/** By what a rule counts. `device`: one that has signed in to the account before; `session`: one sign-in, until it ends; `number block`: ten thousand neighbouring numbers. */
export const DIMENSIONS = [
  'account',
  'network',
  'account and network',
  'number block',
  'device',
  'session',
  'all',
] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** What a rule does, for whoever reads the documentation and for the test that goes through all of it. */
export interface LimitEntry {
  /** Fields of the schema that it limits. */
  readonly fields: readonly string[]
  readonly per: Dimension
  /** Without `max` where a setting says how many. */
  readonly rule: Omit<LimitRule, 'max'> & { readonly max?: number }
  /** Whom it counts, and what goes on when it is used up. */
  readonly meaning: string
}

const CODES = ['requestOtp', 'register', 'registerPhone'] as const
const TEXTS = ['requestOtp', 'registerPhone'] as const
const PASSWORDS = ['login', 'changePassword'] as const
const FACTORS = [
  'verifyMfa',
  'resetPassword',
  'confirmTotp',
  'disableTotp',
  'regenerateRecoveryCodes',
] as const

/** Every rule, in the order in which an attempt meets them. A rule that is missing here fails `test/docs/limits-page.test.ts`. */
export const LIMIT_TABLE: readonly LimitEntry[] = [
  entry(['login'], 'network', FIELD_RULES.login, 'Every sign-in by password, whoever is named.'),
  entry(
    PASSWORDS,
    'device',
    LOGIN_FAILURES_ON_DEVICE,
    'Failures on a known device. It is counted by this rule alone: strangers cannot use it up.',
  ),
  entry(
    PASSWORDS,
    'account and network',
    LOGIN_FAILURES,
    'Failures for one address from one network; other networks go on.',
  ),
  entry(
    PASSWORDS,
    'account',
    LOGIN_ATTEMPTS_BY_STRANGERS,
    'Attempts from networks where the address has not signed in within 30 days; its own networks and devices, and codes, go on.',
  ),
  entry(
    PASSWORDS,
    'all',
    LOGIN_ATTEMPTS,
    'The same for all addresses together; known networks and devices go on.',
  ),
  entry(['requestOtp'], 'network', FIELD_RULES.requestOtp, 'Every request for a code, wherever to.'),
  entry(
    ['register', 'registerPhone'],
    'network',
    FIELD_RULES.register,
    'Every registration, whatever the address.',
  ),
  entry(
    CODES,
    'account',
    OTP_RESEND,
    'Messages to one mailbox or number, for all purposes and all requesters together.',
  ),
  entry(CODES, 'account', OTP_HOURLY_IN_ALL, 'The same by the hour.'),
  entry(CODES, 'account', OTP_DAILY_IN_ALL, 'The same by the day.'),
  entry(
    ['requestOtp'],
    'device',
    OTP_HOURLY_ON_DEVICE,
    'Those that a known device asks for. Strangers cannot use them up.',
  ),
  entry(['requestOtp'], 'device', OTP_DAILY_ON_DEVICE, 'The same by the day.'),
  entry(CODES, 'account', OTP_RESENDS, 'Those that strangers ask for: a first message and three more.'),
  entry(
    CODES,
    'account',
    OTP_HOURLY,
    'The same by the hour; known devices and the password go on, and so does a code that was sent.',
  ),
  entry(CODES, 'account', OTP_DAILY, 'The same by the day.'),
  entry(TEXTS, 'network', SMS_PER_NETWORK, 'Text messages that one network asks for, to whomever.'),
  entry(
    TEXTS,
    'number block',
    SMS_PER_BLOCK,
    'Text messages to numbers that differ in their last four digits alone.',
  ),
  entry(
    TEXTS,
    'all',
    SMS_DAILY,
    'Text messages of the whole installation, as many as `SMS_DAILY_BUDGET`; e-mails go on.',
  ),
  entry(
    ['verifyOtp', 'verifyEmail'],
    'network',
    FIELD_RULES.verifyOtp,
    'Every guess at a code or a link, whosever.',
  ),
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
  entry(['verifyMfa'], 'network', FIELD_RULES.verifyMfa, 'Every guess at a second step, whosever.'),
  entry(['resetPassword'], 'network', FIELD_RULES.resetPassword, 'Every try to set a password by a grant.'),
  entry(
    FACTORS,
    'account',
    MFA_HOURLY,
    'Codes of a second factor, over all challenges; only who knows the first factor may try, and a right one clears it.',
  ),
  entry(FACTORS, 'account', MFA_DAILY, 'The same by the day; nothing clears it.'),
  entry(['changePassword'], 'account', FIELD_RULES.changePassword, 'Tries of whoever is signed in.'),
  entry(
    ['enrollTotp', 'confirmTotp', 'disableTotp', 'regenerateRecoveryCodes'],
    'account',
    FIELD_RULES.changeSecondFactor,
    'Changes of the second factor by whoever is signed in.',
  ),
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

/** Ways in that are not counted by something, and why; `test/docs/limits-page.test.ts` knows of no other. */
export const UNCOUNTED: readonly { readonly field: string; readonly per: Dimension; readonly why: string }[] =
  [
    {
      field: 'requestOtp',
      per: 'account and network',
      why: 'A destination is told no more often because more networks ask; a refused one takes nothing from the next window.',
    },
    {
      field: 'register',
      per: 'account and network',
      why: 'What an address is sent counts for the address, whatever network asks.',
    },
    {
      field: 'register',
      per: 'device',
      why: 'A device is known to an account that it has signed in to, and here there is none yet: all are strangers.',
    },
    {
      field: 'register',
      per: 'all',
      why: 'Registrations wait in the bounded line of password hashing and under `MAX_IN_FLIGHT`; text messages have a budget for all.',
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

function entry(
  fields: readonly string[],
  per: Dimension,
  rule: LimitEntry['rule'],
  meaning: string,
): LimitEntry {
  return { fields, per, rule, meaning }
}
