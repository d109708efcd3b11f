import type { ErrorCode } from '../../core/errors.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'

/** English texts of responses. Their keys and placeholders define what every other language must have. */
export const RESPONSES_EN = {
  /** Errors of services, by `extensions.code`. */
  refusals: {
    UNAUTHENTICATED: 'Authentication required.',
    FORBIDDEN: 'Permission denied.',
    BAD_USER_INPUT: 'Invalid input.',
    RATE_LIMITED: 'Too many requests. Try again later.',
    NOT_FOUND: 'Not found.',
    CONFLICT: 'The request conflicts with the current state.',
    OTP_INVALID: 'Invalid code.',
    OTP_EXPIRED: 'The code has expired. Request a new one.',
    OTP_NOT_FOUND: 'Challenge not found. Request a new code.',
    INVALID_CREDENTIALS: 'Invalid e-mail address or password.',
    MFA_INVALID: 'Invalid second-factor code.',
    REAUTHENTICATION_REQUIRED: 'Sign in again to continue.',
    TOKEN_INVALID: 'Invalid token. Sign in again.',
    RESET_TOKEN_INVALID: 'Invalid reset token. Request a new code.',
    REFRESH_REUSED: 'The refresh token was already used. The session has been revoked.',
    SERVICE_UNAVAILABLE: 'Service unavailable. Try again shortly.',
    INTERNAL_SERVER_ERROR: 'Internal server error.',
  } satisfies Readonly<Record<ErrorCode, string>>,

  /** Successful results, by the `messageKey` of a payload. */
  outcomes: {
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
  } satisfies Readonly<Record<OutcomeKey, string>>,

  /** GraphQL requests that are rejected before they run, by `extensions.code`. */
  requests: {
    GRAPHQL_PARSE_FAILED: 'The document has a GraphQL syntax error.',
    GRAPHQL_VALIDATION_FAILED: 'The document does not match the schema.',
    // Clients of automatic persisted queries compare these two texts.
    PERSISTED_QUERY_NOT_FOUND: 'PersistedQueryNotFound',
    PERSISTED_QUERY_NOT_SUPPORTED: 'PersistedQueryNotSupported',
    OPERATION_NOT_ALLOWED: 'The operation is not on the list of allowed operations.',
    OPERATION_RESOLUTION_FAILURE: 'Unknown operation. Set `operationName` to an operation of the document.',
    BAD_USER_INPUT: 'A variable or argument has the wrong type.',
    BAD_REQUEST: 'The request is not a valid GraphQL over HTTP request.',
  },

  /** Operations that exceed a limit, by what is limited. */
  limits: {
    tokens: 'The document exceeds the limit of {{limit}} tokens.',
    depth: 'The operation is {{asked}} fields deep; the limit is {{limit}}.',
    introspectionDepth: 'The introspection query is {{asked}} fields deep; the limit is {{limit}}.',
    rootFields: 'The operation has {{asked}} root fields; the limit is {{limit}}.',
    aliases: 'The operation has {{asked}} aliases; the limit is {{limit}}.',
    directives: 'The operation has {{asked}} directives; the limit is {{limit}}.',
    cost: 'The operation has a cost of {{asked}}; the limit is {{limit}}.',
    sensitiveFields:
      'The operation has {{asked}} root fields; the limit is {{limit}} when one of them accepts or returns a secret.',
    listItems: 'A list has {{asked}} items; the limit is {{limit}}.',
  },

  /** HTTP requests that are rejected outside GraphQL, by `extensions.code`. */
  http: {
    BAD_REQUEST: 'The request is malformed.',
    HTTPS_REQUIRED: 'HTTPS is required.',
    NOT_FOUND: 'Not found.',
    METHOD_NOT_ALLOWED: 'Method not allowed.',
    REQUEST_TIMEOUT: 'The request timed out.',
    PAYLOAD_TOO_LARGE: 'The request body is too large.',
    UNSUPPORTED_MEDIA_TYPE:
      'Unsupported media type. Send application/json in UTF-8 without a content encoding.',
    HEADERS_TOO_LARGE: 'The URL and the headers of the request are too large.',
    INTERNAL_SERVER_ERROR: 'Internal server error.',
    SERVICE_UNAVAILABLE: 'Service unavailable. Try again shortly.',
  },
} as const
