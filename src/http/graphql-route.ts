import type { ApolloServer } from '@apollo/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toNetwork } from '../core/network.ts'
import type { Context } from '../graphql/context.ts'
import { readClientAddress } from './client-address.ts'
import { acceptsEventStream, createEventStreams } from './event-streams.ts'
import { executeRequest } from './graphql-execution.ts'
import type { LoadShedder } from './load-shedding.ts'
import { raceDeadline } from './request-deadline.ts'
import type { EventStreamOptions } from './stream-subscription.ts'

/** Parts of the GraphQL route. */
export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<Context>
  readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>
  readonly loadShedder: LoadShedder
  /** Milliseconds from the arrival of a request to its deadline. */
  readonly deadlineMs: number
  /** Subscriptions over event streams. */
  readonly eventStreams: EventStreamOptions
}

/**
 * GraphQL at `/graphql`. A request that misses its deadline gets a 503. Fields that have not started by then
 * do not start (`Context.isAborted`); running ones end by the timeouts of their adapters, and the request
 * counts as in flight until they do. The deadline of a subscription ends when its event stream opens.
 * Returns the function that ends every event stream.
 */
export function addGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): () => Promise<void> {
  const { apollo, context, loadShedder, deadlineMs } = options
  const handle = (request: FastifyRequest, reply: FastifyReply) =>
    executeRequest({ apollo, request, reply, context: () => context(request, reply) })
  const eventStreams = createEventStreams(options.eventStreams)
  app.addHook('preClose', () => eventStreams.closeAll())
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: (request, reply) => {
      const track = <T>(work: () => Promise<T>) => raceDeadline(loadShedder.track(work), request, deadlineMs)
      if (!acceptsEventStream(request.headers)) return track(() => handle(request, reply))
      const network = toNetwork(readClientAddress(request) ?? null)
      return eventStreams.respond({ request, reply, network, track, executor: { apollo, context } })
    },
  })
  return () => eventStreams.closeAll()
}
