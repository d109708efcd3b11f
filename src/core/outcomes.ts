/**
 * The values of `messageKey` in payloads. The text of each, in every language, is in
 * `src/locales/<language>/responses.ts`.
 */
export const OUTCOMES = [
  'OTP_SENT_SUCCESSFULLY',
  'OTP_VERIFIED_SUCCESSFULLY',
  'PHONE_VERIFIED_SUCCESSFULLY',
  'EMAIL_VERIFIED_SUCCESSFULLY',
  'RESET_GRANTED',
  'PASSWORD_CHANGED',
  'PASSWORD_RESET_SUCCESSFUL',
  'MFA_VERIFIED_SUCCESSFULLY',
  'TOTP_ENABLED',
  'TOTP_DISABLED',
  'RECOVERY_CODES_REPLACED',
  'CHANGE_UNDONE',
  'LOGIN_SUCCESSFUL',
  'TOKEN_REFRESHED',
  'LOGOUT_SUCCESSFUL',
  'SESSION_REVOKED',
  'OTHER_SESSIONS_REVOKED',
  'API_KEY_CREATED',
  'API_KEY_REVOKED',
  'TOKEN_ISSUED',
  'POST_DELETED',
] as const

/** A stable `messageKey` of a payload. */
export type OutcomeKey = (typeof OUTCOMES)[number]
