/**
 * The values of `extensions.code` for requests that are rejected before a field is resolved, with the
 * description that the schema publishes in its enum `ErrorCode`.
 */
export const REQUEST_CODES = {
  BAD_REQUEST:
    'The request is malformed or is not GraphQL over HTTP; `extensions.reason` says what to change.',
  GRAPHQL_PARSE_FAILED: 'The document has a GraphQL syntax error.',
  GRAPHQL_VALIDATION_FAILED: 'The document does not match the schema, or exceeds a limit of documents.',
  OPERATION_RESOLUTION_FAILURE:
    'The document has no operation of this name, or several and no name is given.',
  OPERATION_NOT_ALLOWED: 'The operation is not on the list of allowed operations.',
  PERSISTED_QUERY_NOT_FOUND: 'The id belongs to no stored document. Send the document with its id.',
  PERSISTED_QUERY_NOT_SUPPORTED: 'The server stores no documents. Send the document.',
  HTTPS_REQUIRED: 'The request was not made over TLS.',
  METHOD_NOT_ALLOWED:
    'The path does not support the HTTP method; the header `Allow` lists those it supports.',
  REQUEST_TIMEOUT: 'The request arrived too slowly.',
  PAYLOAD_TOO_LARGE: 'The body of the request is too large.',
  UNSUPPORTED_MEDIA_TYPE: 'The body is not `application/json` in UTF-8 without a content encoding.',
  HEADERS_TOO_LARGE: 'The URL and the headers of the request are too large.',
} as const satisfies Readonly<Record<string, string>>

/**
 * The reasons of `BAD_REQUEST`, with the description that the schema publishes in its enum `ErrorReason`.
 * Each has a text that names the cure, in `requestReasons` of the catalogues.
 */
export const REQUEST_REASONS = {
  PREFLIGHT_REQUIRED: 'A GET request has no header that forces a CORS preflight.',
  POST_REQUIRED: 'A mutation or a subscription was sent by GET.',
  BATCH_NOT_SUPPORTED: 'The body is a list of operations.',
  BODY_REQUIRED: 'The body is missing or has no properties.',
  INVALID_JSON: 'The body is not JSON in UTF-8.',
  QUERY_REQUIRED: 'The request has neither a document nor the id of one.',
  QUERY_NOT_TEXT: '`query` is not a text.',
  VARIABLES_NOT_OBJECT: '`variables` is not a JSON object.',
  EXTENSIONS_NOT_OBJECT: '`extensions` is not a JSON object.',
  OPERATION_NAME_NOT_TEXT: '`operationName` is not a text.',
  PARAMETER_REPEATED: 'A parameter of the URL is given twice.',
  CONTENT_TYPE_OF_GET: 'A GET request has a content type other than `application/json`.',
  NOT_ACCEPTABLE: 'The header `Accept` excludes every type that the server sends.',
  PERSISTED_QUERY_MISMATCH: 'The id is not the SHA-256 of the document.',
  PERSISTED_QUERY_INVALID: 'The extension `persistedQuery` does not follow its protocol.',
  SUBSCRIPTION_OVER_HTTP: 'A subscription was sent over HTTP without `Accept: text/event-stream`.',
  HTTP_REQUIRED: 'A query or a mutation was sent over WebSocket.',
  TOO_MANY_SUBSCRIPTIONS: 'The socket, session or account has as many subscriptions as it can have.',
} as const satisfies Readonly<Record<string, string>>

/** Why a request is a `BAD_REQUEST`. */
export type RequestReason = keyof typeof REQUEST_REASONS

/** Whether a value is a reason of `BAD_REQUEST`. */
export function isRequestReason(value: unknown): value is RequestReason {
  return typeof value === 'string' && value in REQUEST_REASONS
}
