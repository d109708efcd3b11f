import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts'
import { OUTCOMES } from '../../core/outcomes.ts'

/** English, which decides what there is to say. Refusals and outcomes are worded where their keys are: `src/core`. */
export const RESPONSES_EN = {
  /** Refusals by services, by `extensions.code`. */
  refusals: Object.fromEntries(
    Object.entries(ERROR_CODES).map(([code, { message }]) => [code, message]),
  ) as Readonly<Record<ErrorCode, string>>,

  /** What went well, by `messageKey` of a payload. */
  outcomes: OUTCOMES,

  /** GraphQL requests that are not run, by `extensions.code`. */
  requests: {
    GRAPHQL_PARSE_FAILED: 'The document is not GraphQL.',
    GRAPHQL_VALIDATION_FAILED: 'The document does not fit the schema.',
    // The protocol of persisted queries has clients look for these words.
    PERSISTED_QUERY_NOT_FOUND: 'PersistedQueryNotFound',
    PERSISTED_QUERY_NOT_SUPPORTED: 'PersistedQueryNotSupported',
    OPERATION_NOT_ALLOWED: 'Only listed operations run here, and this is none of them.',
    OPERATION_RESOLUTION_FAILURE: 'The document has no such operation, or several and none was named.',
    BAD_USER_INPUT: 'A variable or argument has the wrong type.',
    BAD_REQUEST: 'The request is not GraphQL over HTTP.',
  },

  /** Operations that are larger than they may be, by what they are too large in. */
  limits: {
    tokens: 'The document has more than {{limit}} tokens, which is the limit.',
    depth: 'The operation is {{asked}} fields deep; the limit is {{limit}}.',
    introspectionDepth: 'The introspection is {{asked}} fields deep; the limit is {{limit}}.',
    rootFields: 'The operation has {{asked}} root fields; the limit is {{limit}}.',
    aliases: 'The operation has {{asked}} aliases; the limit is {{limit}}.',
    directives: 'The operation has {{asked}} directives; the limit is {{limit}}.',
    cost: 'The operation costs {{asked}}; the limit is {{limit}}.',
    sensitiveFields:
      'The operation has {{asked}} root fields; the limit is {{limit}} where one of them takes or sends a secret.',
    listItems: 'A list has {{asked}} items; the limit is {{limit}}.',
  },

  /** HTTP requests that never became GraphQL, by `extensions.code`. */
  http: {
    BAD_REQUEST: 'The request is not well-formed.',
    HTTPS_REQUIRED: 'Send the request over HTTPS.',
    NOT_FOUND: 'There is nothing at this address.',
    METHOD_NOT_ALLOWED: 'This address does not answer to this method.',
    REQUEST_TIMEOUT: 'The request took too long to arrive.',
    PAYLOAD_TOO_LARGE: 'The request body is too large.',
    UNSUPPORTED_MEDIA_TYPE: 'Send the request as application/json in UTF-8, without an encoding.',
    HEADERS_TOO_LARGE: 'The address and the headers are too large.',
    INTERNAL_SERVER_ERROR: 'Something went wrong on our side.',
    SERVICE_UNAVAILABLE: 'The service cannot answer right now. Try again shortly.',
  },
} as const
