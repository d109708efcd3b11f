import { isRequestReason, type RequestReason } from '../core/request-errors.ts'

/**
 * The reasons of Apollo Server's request errors, by their English messages: they all have the code
 * `BAD_REQUEST`, or none. `test/graphql/request-reasons.test.ts` sends a request for each, so that a new
 * wording of Apollo is noticed.
 */
const MESSAGES: readonly (readonly [message: RegExp, reason: RequestReason])[] = [
  [/Cross-Site Request Forgery/, 'PREFLIGHT_REQUIRED'],
  [/^GET requests only support query operations/, 'POST_REQUIRED'],
  [/^(?:Operation batching disabled|No operations found in request)/, 'BATCH_NOT_SUPPORTED'],
  [/^POST body missing/, 'BODY_REQUIRED'],
  [/^GraphQL operations must contain a non-empty `query`/, 'QUERY_REQUIRED'],
  [/^GraphQL queries must be strings/, 'QUERY_NOT_TEXT'],
  [/^`variables` in a POST body|^The variables search parameter/, 'VARIABLES_NOT_OBJECT'],
  [/^`extensions` in a POST body|^The extensions search parameter/, 'EXTENSIONS_NOT_OBJECT'],
  [/^`operationName` in a POST body/, 'OPERATION_NAME_NOT_TEXT'],
  [/search parameter may only be specified once/, 'PARAMETER_REPEATED'],
  [/^GET requests may not have a content-type/, 'CONTENT_TYPE_OF_GET'],
  [/^An 'accept' header was provided/, 'NOT_ACCEPTABLE'],
  [/^provided sha does not match query/, 'PERSISTED_QUERY_MISMATCH'],
  [/^Unsupported persisted query version/, 'PERSISTED_QUERY_INVALID'],
]

/** Why a request is malformed: the reason of our own error, or that of Apollo's message; else undefined. */
export function findRequestReason(message: string, reason: unknown): RequestReason | undefined {
  if (isRequestReason(reason)) return reason
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1]
}
