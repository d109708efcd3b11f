import type { ApolloServerPlugin } from '@apollo/server'
import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts'
import { GraphQLError, OperationTypeNode } from 'graphql'
import type { Context } from '../context.ts'

/**
 * Sets status and headers as GraphQL over HTTP defines them. A refusal has its own status only for clients
 * that accept `application/graphql-response+json`, and only without data. With `application/json` a
 * well-formed request gets 200, because a client could not tell another status from that of an intermediary.
 * `Retry-After` and `WWW-Authenticate` are always sent with their codes, and `Content-Language` if the
 * response has text in it.
 */
export function createHttpResponsePlugin(): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          // Apollo would execute it once, like a query.
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
            throw new GraphQLError('Subscriptions require WebSocket.', {
              extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
            })
        },
        async willSendResponse({ response, request, contextValue }) {
          const { http, body } = response
          http.headers.set('cache-control', 'no-store')
          if (body.kind === 'single') addRateLimits(body.singleResult, contextValue)
          const { responseLanguage } = contextValue
          if (responseLanguage.used) http.headers.set('content-language', responseLanguage.language)
          if (body.kind !== 'single' || !body.singleResult.errors) return
          const { errors, data } = body.singleResult
          const [first] = errors.map(({ extensions }) => ({
            code: extensions?.['code'],
            retryAfter: extensions?.['retryAfter'],
          }))
          for (const { extensions } of errors)
            addHeaders(http.headers, extensions?.['code'], extensions?.['retryAfter'])
          const accept = request.http?.headers.get('accept') ?? ''
          if (data || !isErrorCode(first?.code) || (http.status ?? 200) !== 200) return
          if (accept.includes('application/graphql-response+json'))
            http.status = ERROR_CODES[first.code].status
        },
      }
    },
  }
}

/** Adds the status of each rate-limited field to `extensions`, on success and on refusal. */
function addRateLimits(
  result: { extensions?: Record<string, unknown> },
  context: Partial<Pick<Context, 'fieldLimits'>>,
): void {
  const statuses = context.fieldLimits?.statuses ?? []
  if (statuses.length > 0) result.extensions = { ...result.extensions, rateLimits: statuses }
}

function addHeaders(
  headers: { set(name: string, value: string): unknown },
  code: unknown,
  retryAfter: unknown,
): void {
  if (typeof retryAfter === 'number') headers.set('retry-after', String(retryAfter))
  if (code === 'UNAUTHENTICATED') headers.set('www-authenticate', 'Bearer')
}

function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in ERROR_CODES
}
