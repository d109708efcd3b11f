import type { ApolloServer } from '@apollo/server'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Context } from '../graphql/context.ts'
import { HttpError } from './http-error.ts'
import type { LoadShedder } from './load-shedding.ts'

/** Parts of the GraphQL route. */
export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<Context>
  readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>
  readonly loadShedder: LoadShedder
  /** Milliseconds from the arrival of a request to its deadline. */
  readonly deadlineMs: number
}

/**
 * GraphQL at `/graphql`. A request that misses its deadline gets a 503. Fields that have not started by then
 * do not start (`Context.isGivenUp`); running ones end by the timeouts of their adapters, and the request
 * counts as in flight until they do.
 */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { apollo, context, loadShedder, deadlineMs } = options
  const handle = fastifyApolloHandler(apollo, { context }) as (
    request: FastifyRequest,
    reply: FastifyReply,
  ) => Promise<unknown>
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: (request, reply) => {
      const work = loadShedder.track(() => handle(request, reply))
      return raceDeadline(work, request, deadlineMs)
    },
  })
}

/**
 * Not Fastify's `handlerTimeout`: it aborts `request.signal` and clears its timer on the `close` event of the
 * request, which Node.js emits as soon as the body has been read, so a POST would never time out.
 */
async function raceDeadline<T>(work: Promise<T>, request: FastifyRequest, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      request.log.error({ event: 'http.request_timed_out', deadlineMs }, 'request timed out')
      reject(new HttpError(503))
    }, deadlineMs)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
