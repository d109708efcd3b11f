/**
 * What a payload says went well: its stable `messageKey`, with the English text that its `message` has. The other languages
 * are in `src/texts`, where the compiler asks for each.
 */
export const OUTCOMES = {
  OTP_SENT_SUCCESSFULLY: 'If the address can be used, a code is on its way.',
  OTP_VERIFIED_SUCCESSFULLY: 'The code is right.',
  PHONE_VERIFIED_SUCCESSFULLY: 'Your phone number is confirmed.',
  EMAIL_VERIFIED_SUCCESSFULLY: 'Your e-mail address is confirmed.',
  RESET_GRANTED: 'The code is right. Choose a new password.',
  PASSWORD_CHANGED: 'Your password has been changed.',
  PASSWORD_RESET_SUCCESSFUL: 'Your new password is set. You are signed in.',
  MFA_VERIFIED_SUCCESSFULLY: 'You are signed in.',
  TOTP_ENABLED: 'The authenticator app has been added.',
  TOTP_DISABLED: 'The authenticator app has been removed.',
  RECOVERY_CODES_REPLACED: 'New recovery codes have been made.',
  LOGIN_SUCCESSFUL: 'You are signed in.',
  TOKEN_REFRESHED: 'Your session goes on.',
  LOGOUT_SUCCESSFUL: 'You are signed out.',
  SESSION_REVOKED: 'The session has been ended.',
  OTHER_SESSIONS_REVOKED: 'Your other sessions have been ended.',
  POST_DELETED: 'The post has been removed.',
} as const satisfies Readonly<Record<string, string>>

/** A stable `messageKey` of a payload. */
export type OutcomeKey = keyof typeof OUTCOMES
