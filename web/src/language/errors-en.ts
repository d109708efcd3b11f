import type { ClientErrorCode, ErrorCode, ErrorReason, FieldErrorCode } from 'graphql-auth-gateway-client'

/** What to do about each error: by reason, else by code. */
export interface ErrorTexts {
  readonly codes: Readonly<Record<ErrorCode | ClientErrorCode, string>>
  readonly reasons: Readonly<Partial<Record<ErrorReason, string>>>
  readonly fields: Readonly<Record<FieldErrorCode, string>>
  /** For a code or reason of a later version. */
  readonly other: string
  readonly retryIn: (wait: string) => string
  readonly seconds: (count: number) => string
  readonly minutes: (count: number) => string
  readonly reference: (id: string) => string
}

const OUTDATED_APP = 'This page is out of date. Load it again.'

/** English texts of errors. */
export const ERRORS_EN: ErrorTexts = {
  codes: {
    NETWORK: 'The service cannot be reached. Check your connection and try again.',
    SESSION_CHANGED: 'Another account has signed in in this browser. Load the page again.',
    SERVICE_UNAVAILABLE: 'The service is busy. Try again in a moment.',
    REQUEST_TIMEOUT: 'The request took too long. Try again.',
    RATE_LIMITED: 'Too many attempts.',
    INTERNAL_SERVER_ERROR: 'Something went wrong on our side. Try again later.',
    BAD_USER_INPUT: 'Check your entries.',
    INVALID_CREDENTIALS: 'The address or the password is wrong. Check both, or sign in with a code.',
    MFA_INVALID:
      'The code is wrong. Wait for the next one, and check that the clock of your phone is set automatically.',
    OTP_INVALID: 'The code is wrong. Compare it with the newest message.',
    OTP_EXPIRED: 'The code has expired. Request a new one.',
    OTP_NOT_FOUND: 'This code can no longer be used. Request a new one.',
    RESET_TOKEN_INVALID: 'The time for the new password has run out. Request a new code.',
    TOKEN_INVALID: 'The link is invalid or has expired. Sign in again.',
    REFRESH_REUSED: 'Your session was ended for your safety. Sign in again.',
    UNAUTHENTICATED: 'You are signed out. Sign in again.',
    REAUTHENTICATION_REQUIRED: 'Sign in once more to continue.',
    PROOF_REQUIRED: 'Enter the password from before the change.',
    FORBIDDEN: 'Your account may not do this.',
    NOT_FOUND: 'It does not exist any more, or you cannot access it.',
    CONFLICT: 'It was changed meanwhile. Load the page again.',
    QUOTA_EXCEEDED: 'Your account has no room for more. Delete something first.',
    LAST_CONTACT: 'This is the only confirmed contact of your account. Add another one first.',
    PAYLOAD_TOO_LARGE: 'The text is too long. Shorten it.',
    HTTPS_REQUIRED: 'The connection is not secure. Open the page with https://.',
    BAD_REQUEST: OUTDATED_APP,
    GRAPHQL_PARSE_FAILED: OUTDATED_APP,
    GRAPHQL_VALIDATION_FAILED: OUTDATED_APP,
    HEADERS_TOO_LARGE: OUTDATED_APP,
    METHOD_NOT_ALLOWED: OUTDATED_APP,
    OPERATION_NOT_ALLOWED: OUTDATED_APP,
    OPERATION_RESOLUTION_FAILURE: OUTDATED_APP,
    PERSISTED_QUERY_NOT_FOUND: OUTDATED_APP,
    PERSISTED_QUERY_NOT_SUPPORTED: OUTDATED_APP,
    UNSUPPORTED_MEDIA_TYPE: OUTDATED_APP,
  },
  reasons: {
    REPLACED: 'A newer code was sent. Enter the one of the newest message.',
    SPENT: 'This code was used already. Request a new one.',
    RESEND_PAUSE: 'A code was sent less than a minute ago. Enter it, or wait.',
    TOO_MANY_POSTS: 'Your account has as many posts as it can have. Delete one first.',
    TOO_MANY_BYTES: 'Your posts take up all the room of your account. Shorten or delete one.',
    TOO_MANY_API_KEYS: 'Your account has as many keys as it can have. Revoke one first.',
    OUTDATED_VERSION: 'The post was changed meanwhile. Compare both versions.',
  },
  fields: {
    COMMON_PASSWORD: 'Many people use this password, so it is guessed first. Choose another one.',
    PERSONAL_PASSWORD:
      'The password contains your name, your address or the name of this service. Choose another one.',
    EXACTLY_ONE: 'Fill in exactly one of these fields.',
    INVALID_CHARACTERS: 'Some characters are not allowed here.',
    INVALID_CURSOR: OUTDATED_APP,
    INVALID_EMAIL: 'This is not an e-mail address, such as ada@example.com.',
    INVALID_FORMAT: 'This does not have the right form.',
    INVALID_LENGTH: 'This is too short or too long.',
    INVALID_PHONE: 'Enter the phone number with its country code, such as +44 20 7946 0000.',
    INVALID_TYPE: OUTDATED_APP,
    NO_PASSWORD: 'Your account has no password. Set one with a code.',
    NO_WORDS: 'Enter at least one letter or digit.',
    OUT_OF_RANGE: 'The number is too small or too large.',
    PHONE_NOT_SUPPORTED: 'We cannot send messages to this number.',
    REQUIRED: 'Enter a value.',
    TOO_BIG: 'This is too long.',
    TOO_COMPLEX: 'The formatting is too complex. Simplify the text.',
    UNKNOWN_FIELD: OUTDATED_APP,
    WRONG_CHANNEL: OUTDATED_APP,
  },
  other: 'That did not work. Load the page again, and try once more.',
  retryIn: (wait) => `Try again in ${wait}.`,
  seconds: (count) => (count === 1 ? '1 second' : `${count} seconds`),
  minutes: (count) => (count === 1 ? '1 minute' : `${count} minutes`),
  reference: (id) => `Tell support this number: ${id}`,
}
