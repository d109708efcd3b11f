import type { TextReason } from '../../core/error-reasons.ts'
import type { ErrorCode } from '../../core/errors.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import type { RequestReason } from '../../core/request-errors.ts'

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
    QUOTA_EXCEEDED: 'The account has reached its storage limit. Delete something to continue.',
    LAST_CONTACT: 'This is the only verified contact of the account, so it cannot be removed.',
    OTP_INVALID: 'Invalid code.',
    OTP_EXPIRED: 'The code has expired. Request a new one.',
    OTP_NOT_FOUND: 'Challenge not found. Request a new code.',
    INVALID_CREDENTIALS: 'Invalid e-mail address or password.',
    MFA_INVALID:
      'Invalid second-factor code. If an app shows the code, check that the clock of its device is set automatically.',
    REAUTHENTICATION_REQUIRED: 'Sign in again to continue.',
    PROOF_REQUIRED:
      'Enter the password that the account had before the change, or open the link on a device that you used before.',
    TOKEN_INVALID: 'Invalid token. Sign in again.',
    RESET_TOKEN_INVALID: 'Invalid reset token. Request a new code.',
    REFRESH_REUSED: 'The refresh token was already used. The session has been revoked.',
    SERVICE_UNAVAILABLE: 'Service unavailable. Try again shortly.',
    INTERNAL_SERVER_ERROR: 'Internal server error.',
  } satisfies Readonly<Record<ErrorCode, string>>,

  /** Errors with `extensions.reason`, by the reason. A reason that is not listed has the text of its code. */
  reasons: {
    REPLACED: 'A newer code was sent. Enter the code of the latest message.',
    SPENT: 'The code was already used. Request a new one.',
    WRONG_PURPOSE: 'The code was requested for another `purpose`.',
    ALREADY_VERIFIED: 'The e-mail address is already verified. Sign in.',
    RESEND_PAUSE: 'A code was sent less than a minute ago. Use it, or request another one shortly.',
    OUTDATED_VERSION:
      'The object was changed after you opened it. Compare your change with the current version and save again.',
    SESSION_REQUIRED: 'A program cannot do this. Sign in to continue.',
    INSUFFICIENT_SCOPE: 'The access token lacks the required scope.',
    API_KEY_INVALID: 'The API key or its secret is not valid, or the key has ended.',
    TOO_MANY_API_KEYS:
      'The account has reached its maximum number of API keys. Revoke a key to create another one.',
    TOO_MANY_POSTS:
      'The account has reached its maximum number of posts. Delete a post to create another one.',
    TOO_MANY_BYTES: 'The posts of the account use all of its storage. Delete or shorten posts to free space.',
  } satisfies Readonly<Record<TextReason, string>>,

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
    CHANGE_UNDONE: 'The change was undone and all sessions were ended. Reset your password now.',
    LOGIN_SUCCESSFUL: 'Signed in.',
    TOKEN_REFRESHED: 'Session refreshed.',
    LOGOUT_SUCCESSFUL: 'Signed out.',
    SESSION_REVOKED: 'Session revoked.',
    OTHER_SESSIONS_REVOKED: 'Other sessions revoked.',
    API_KEY_CREATED: 'API key created. Store its secret now: it is not shown again.',
    API_KEY_REVOKED: 'API key revoked.',
    TOKEN_ISSUED: 'Access token issued.',
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

  /** Requests with the code `BAD_REQUEST`, by `extensions.reason`. Each text names the cure. */
  requestReasons: {
    PREFLIGHT_REQUIRED:
      'Send GET requests with the header `apollo-require-preflight` (any value), or send the operation by POST as application/json.',
    POST_REQUIRED: 'Send mutations and subscriptions by POST.',
    BATCH_NOT_SUPPORTED: 'Send each operation in a request of its own: the body must be one JSON object.',
    BODY_REQUIRED: 'Send a JSON object with `query` in the body, as application/json.',
    INVALID_JSON: 'Send the body as valid JSON in UTF-8.',
    QUERY_REQUIRED: 'Send a GraphQL document as `query`, or the id of a stored one as `documentId`.',
    QUERY_NOT_TEXT: 'Send `query` as text: print a parsed document before sending it.',
    VARIABLES_NOT_OBJECT: 'Send `variables` as a JSON object, not as text or a list.',
    EXTENSIONS_NOT_OBJECT: 'Send `extensions` as a JSON object, not as text or a list.',
    OPERATION_NAME_NOT_TEXT: 'Send `operationName` as text.',
    PARAMETER_REPEATED: 'Send each parameter of the URL once.',
    CONTENT_TYPE_OF_GET: 'Send GET requests without a content type, or with application/json.',
    NOT_ACCEPTABLE: 'Accept application/json or application/graphql-response+json.',
    PERSISTED_QUERY_MISMATCH: 'Send the SHA-256 of exactly the document in `query`, in hexadecimal.',
    PERSISTED_QUERY_INVALID: 'Send `persistedQuery` with `version` 1 and a `sha256Hash` in hexadecimal.',
    SUBSCRIPTION_OVER_HTTP:
      'Open subscriptions over WebSocket, with the protocol graphql-transport-ws, or by POST with `Accept: text/event-stream`.',
    HTTP_REQUIRED: 'Send queries and mutations over HTTP; the WebSocket serves subscriptions.',
    TOO_MANY_SUBSCRIPTIONS: 'Complete a subscription before you open another one.',
  } satisfies Readonly<Record<RequestReason, string>>,

  /** Variables that do not fit the schema, by the code in `fieldErrors`. */
  variables: {
    REQUIRED: 'The variable ${{path}} is required.',
    INVALID_TYPE: 'The variable ${{path}} {{expected}}.',
    UNKNOWN_FIELD: 'The variable ${{path}} is not known.',
    EXACTLY_ONE: 'The variable ${{path}} {{expected}}.',
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
    variableValues: 'The variables have more than {{limit}} values.',
    responseCharacters:
      'The response has more than {{limit}} characters. Request smaller pages or fewer fields.',
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
