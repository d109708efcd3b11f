import type { ApolloServerPlugin } from '@apollo/server'
import { ERROR_CODES, type ErrorCode } from '../../core/errors.ts'
import { GraphQLError, OperationTypeNode } from 'graphql'
import type { Context } from '../context.ts'

/**
 * Status and headers by GraphQL over HTTP: a refusal's own status only where the client speaks
 * `application/graphql-response+json` and there is no data; with `application/json` a well-formed request is 200, because
 * there a status cannot be told from an intermediary's. `Retry-After` and `WWW-Authenticate` are always sent with their codes,
 * `Content-Language` with whatever is said to people.
 */
export function httpResponsePlugin(): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ operation }) {
          // Left to itself it would be run once, as if it were a query.
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
            throw new GraphQLError('Subscriptions travel over WebSocket.', {
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
