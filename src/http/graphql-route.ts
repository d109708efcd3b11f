import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../graphql/context.ts'
import type { Admission } from './load-shedding.ts'
import { RequestRefused } from './json-errors.ts'

/** What the route of GraphQL needs. */
export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<Context>
  readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>
  readonly admission: Admission
  /** Milliseconds within which every request is answered, once it has arrived. */
  readonly deadlineMs: number
}

/**
 * GraphQL at `/graphql`. A request that is not done by its deadline is answered 503; what of it has not begun then does not begin
 * any more (`Context.isGivenUp`), and what has ends by the limits of its adapter, which are well below a second. Until then it
 * holds its place.
 */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { apollo, context, admission, deadlineMs } = options
  const answer = fastifyApolloHandler(apollo, { context }) as (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<unknown>
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: (request, reply) =>
      beforeDeadline(
        admission.run(() => answer(request, reply)),
        deadlineMs,
      ),
  })
}

async function beforeDeadline<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RequestRefused(503)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
