/**
 * The values of `extensions.reason` in GraphQL errors, with the description that the schema publishes in its
 * enum `ErrorReason`. The reason refines the code.
 */
export const ERROR_REASONS = {
  TOKEN_MISSING: '`UNAUTHENTICATED`: the request has no access token. Sign in.',
  TOKEN_EXPIRED:
    '`UNAUTHENTICATED`: the access token has expired. Refresh the session and repeat the request.',
  TOKEN_INVALID: '`UNAUTHENTICATED`: the access token is not valid, or its session has ended. Sign in again.',
  UNKNOWN: '`OTP_NOT_FOUND`: there is no such challenge, or it expired some time ago.',
  REPLACED: '`OTP_NOT_FOUND`: a newer code was sent to the same destination for the same purpose.',
  SPENT: '`OTP_NOT_FOUND`: the code is correct and was used before.',
  WRONG_PURPOSE: '`OTP_NOT_FOUND`: the challenge was opened for another `purpose`.',
  ALREADY_VERIFIED: '`TOKEN_INVALID` of a link: the address is verified already.',
  RESEND_PAUSE: '`RATE_LIMITED`: the last code was sent less than a minute ago.',
  OUTDATED_VERSION: '`CONFLICT`: the object was changed after the caller read it.',
  SESSION_REQUIRED: '`FORBIDDEN`: the field requires a signed-in user; tokens of API keys are not accepted.',
  INSUFFICIENT_SCOPE: '`FORBIDDEN`: the token lacks the scope in `extensions.scope`.',
  API_KEY_INVALID:
    '`INVALID_CREDENTIALS`: there is no such API key, or its secret is another one, or it was revoked or has expired, or its account is not active.',
  TOO_MANY_API_KEYS: '`QUOTA_EXCEEDED`: the account has `limit` active API keys. Revoke one.',
  TOO_MANY_POSTS: '`QUOTA_EXCEEDED`: the account has `limit` posts.',
  TOO_MANY_BYTES:
    '`QUOTA_EXCEEDED`: titles and contents of the account’s posts would take more than `limit` bytes.',
} as const satisfies Readonly<Record<string, string>>

/** Why an error has its code. */
export type ErrorReason = keyof typeof ERROR_REASONS

/** A reason that has a text of its own, in `reasons` of the catalogues; others use that of their code. */
export type TextReason = Exclude<ErrorReason, 'TOKEN_MISSING' | 'TOKEN_EXPIRED' | 'TOKEN_INVALID' | 'UNKNOWN'>
