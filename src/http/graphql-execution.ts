import type { IncomingHttpHeaders } from 'node:http'
import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from '@apollo/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../graphql/context.ts'

/** A request to Apollo Server, and the reply that gets its status and headers. */
export interface Execution {
  readonly apollo: ApolloServer<Context>
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly context: () => Promise<Context>
  /** Replaces the header `Accept`, for a media type that Apollo Server does not know. */
  readonly accept?: string | undefined
}

/**
 * Executes the operation of a request; returns the body of the response as JSON. Not the handler of
 * `@as-integrations/fastify`: it parses the URL of each request against its host, and cannot hand over a
 * subscription.
 */
export async function executeRequest({
  apollo,
  request,
  reply,
  context,
  accept,
}: Execution): Promise<string> {
  const { headers, body, status } = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toGraphqlRequest(request, accept),
    context,
  })
  for (const [name, value] of headers) if (name !== 'content-length') reply.header(name, value)
  reply.code(status ?? 200)
  // Apollo streams `@defer` and `@stream` only, which graphql-js 16 does not have.
  return body.kind === 'complete' ? body.string : ''
}

function toGraphqlRequest(
  { method, body, headers, url }: FastifyRequest,
  accept: string | undefined,
): HTTPGraphQLRequest {
  const map = toHeaderMap(headers)
  if (accept !== undefined) map.set('accept', accept)
  const queryAt = url.indexOf('?')
  return { method, headers: map, body, search: queryAt < 0 ? '' : url.slice(queryAt) }
}

function toHeaderMap(headers: IncomingHttpHeaders): HeaderMap {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  return map
}
