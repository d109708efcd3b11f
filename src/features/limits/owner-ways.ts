import type { LIMITS } from './limits.ts'

/** A way in which an owner signs in. New device: another network, and no cookie. */
export const OWNER_WAYS = [
  'password on a known device',
  'password on a new device',
  'code by e-mail on a new device',
  'code by SMS on a new device',
  'code by e-mail on a known device',
] as const
export type OwnerWay = (typeof OWNER_WAYS)[number]

/** What a stranger with any number of networks achieves with a limit. */
export interface StrangerEffect {
  /** The subject that a stranger can use up; `none`: it takes a proof or a device that strangers lack. */
  readonly reach: 'own network' | 'account' | 'messages' | 'number block' | 'all' | 'none'
  /** The ways of the owner that are closed until the window of the limit has ended. */
  readonly closes: readonly OwnerWay[]
}

const NONE: StrangerEffect = { reach: 'none', closes: [] }
const OWN_NETWORK: StrangerEffect = { reach: 'own network', closes: [] }
const NEW_PASSWORD: readonly OwnerWay[] = ['password on a new device']
const NEW_CODES: readonly OwnerWay[] = ['code by e-mail on a new device', 'code by SMS on a new device']

/**
 * The effect of every limit on owners; `test/features/owner-ways.test.ts` tries each. No limit closes a known
 * device, and none closes passwords and codes on a new device together.
 */
export const STRANGER_EFFECTS: Readonly<Record<keyof typeof LIMITS, StrangerEffect>> = {
  login: OWN_NETWORK,
  loginFailuresOnDevice: NONE,
  loginFailures: OWN_NETWORK,
  loginAttemptsByStrangers: { reach: 'account', closes: NEW_PASSWORD },
  loginAttempts: { reach: 'all', closes: NEW_PASSWORD },
  resetPassword: OWN_NETWORK,
  changePassword: NONE,
  requestOtp: OWN_NETWORK,
  register: OWN_NETWORK,
  otpResend: { reach: 'messages', closes: NEW_CODES },
  otpHourlyInAll: { reach: 'messages', closes: NEW_CODES },
  otpDailyInAll: { reach: 'messages', closes: NEW_CODES },
  otpHourlyOnDevice: NONE,
  otpDailyOnDevice: NONE,
  otpResends: { reach: 'messages', closes: NEW_CODES },
  otpHourly: { reach: 'messages', closes: NEW_CODES },
  otpDaily: { reach: 'messages', closes: NEW_CODES },
  smsPerNetwork: OWN_NETWORK,
  smsPerBlock: { reach: 'number block', closes: [] },
  smsDailyOfNewNumbers: { reach: 'all', closes: [] },
  smsDailyOfStrangers: { reach: 'all', closes: ['code by SMS on a new device'] },
  smsDaily: NONE,
  verifyOtp: OWN_NETWORK,
  otpFailuresOnDevice: NONE,
  otpFailuresFromNetwork: OWN_NETWORK,
  otpFailures: { reach: 'account', closes: [] },
  otpGuesses: { reach: 'all', closes: [] },
  verifyMfa: OWN_NETWORK,
  mfaHourly: NONE,
  mfaDaily: NONE,
  changeSecondFactor: NONE,
  removePhone: NONE,
  undoChange: OWN_NETWORK,
  undoProofs: NONE,
  refresh: OWN_NETWORK,
  refreshesOfSession: NONE,
  refreshes: NONE,
  sessions: NONE,
  endSessions: NONE,
  auditEvents: NONE,
  createApiKey: NONE,
  apiKeys: NONE,
  revokeApiKey: NONE,
  issueToken: OWN_NETWORK,
  tokensOfKey: NONE,
  refusalsOfKey: { reach: 'account', closes: [] },
  createPost: NONE,
  changePost: NONE,
  posts: NONE,
  node: NONE,
}
