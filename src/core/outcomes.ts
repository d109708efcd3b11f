/**
 * Successful outcomes: the stable `messageKey` of a payload with its English `message`. Other languages are
 * in `src/locales`, where the compiler requires each key.
 */
export const OUTCOMES = {
  OTP_SENT_SUCCESSFULLY: 'If the address can receive codes, a code has been sent.',
  OTP_VERIFIED_SUCCESSFULLY: 'Code verified.',
  PHONE_VERIFIED_SUCCESSFULLY: 'Phone number verified.',
  EMAIL_VERIFIED_SUCCESSFULLY: 'E-mail address verified.',
  RESET_GRANTED: 'Code verified. Choose a new password.',
  PASSWORD_CHANGED: 'Password changed.',
  PASSWORD_RESET_SUCCESSFUL: 'Password reset. You are signed in.',
  MFA_VERIFIED_SUCCESSFULLY: 'Signed in.',
  TOTP_ENABLED: 'Authenticator app added.',
  TOTP_DISABLED: 'Authenticator app removed.',
  RECOVERY_CODES_REPLACED: 'Recovery codes replaced.',
  LOGIN_SUCCESSFUL: 'Signed in.',
  TOKEN_REFRESHED: 'Session refreshed.',
  LOGOUT_SUCCESSFUL: 'Signed out.',
  SESSION_REVOKED: 'Session revoked.',
  OTHER_SESSIONS_REVOKED: 'Other sessions revoked.',
  POST_DELETED: 'Post deleted.',
} as const satisfies Readonly<Record<string, string>>

/** A stable `messageKey` of a payload. */
export type OutcomeKey = keyof typeof OUTCOMES
