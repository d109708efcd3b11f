import { HeaderMap, type ApolloServer } from '@apollo/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../graphql/context.ts'
import { raceDeadline } from './request-deadline.ts'
import type { GraphqlRouteOptions } from './graphql-route.ts'

/** What a page needs to know of a result. */
export interface PageResult {
  readonly data: Readonly<Record<string, unknown>> | null
  /** `extensions.code` of the first error; null without errors. */
  readonly code: string | null
  readonly reason: string | null
}

/** Executes an operation of one of the gateway's own pages. */
export type ExecuteOnPage = (
  request: FastifyRequest,
  reply: FastifyReply,
  document: string,
  variables: Readonly<Record<string, unknown>>,
) => Promise<PageResult>

/** Executes operations as requests to `/graphql` are: with the same guards, limits, deadline and log. */
export function createPageExecutor(options: Omit<GraphqlRouteOptions, 'eventStreams'>): ExecuteOnPage {
  const { apollo, context, loadShedder, deadlineMs } = options
  return (request, reply, query, variables) => {
    const work = () => execute(apollo, { query, variables }, () => context(request, reply))
    return raceDeadline(loadShedder.track(work), request, deadlineMs)
  }
}

async function execute(
  apollo: ApolloServer<Context>,
  body: object,
  context: () => Promise<Context>,
): Promise<PageResult> {
  const headers = new HeaderMap()
  headers.set('content-type', 'application/json')
  const httpGraphQLRequest = { method: 'POST', headers, body, search: '' }
  const response = await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context })
  return readResult(response.body.kind === 'complete' ? response.body.string : '{}')
}

function readResult(json: string): PageResult {
  const { data = null, errors } = JSON.parse(json) as {
    readonly data?: PageResult['data']
    readonly errors?: readonly {
      readonly extensions?: { readonly code?: string; readonly reason?: string }
    }[]
  }
  const extensions = errors?.[0]?.extensions
  return { data, code: errors ? (extensions?.code ?? '') : null, reason: extensions?.reason ?? null }
}
