import type { IncomingHttpHeaders } from 'node:http'
import type { ApolloServer } from '@apollo/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CheckedSubscription, Context } from '../graphql/context.ts'
import { COMPLETE_EVENT, formatNextEvent, type EventStream } from './event-stream.ts'
import { executeRequest } from './graphql-execution.ts'
import {
  openSubscription,
  type EventStreamOptions,
  type RefusedSubscription,
  type SubscriptionRequest,
} from './stream-subscription.ts'

/** What executes operations. */
export interface OperationExecutor {
  readonly apollo: ApolloServer<Context>
  readonly context: (request: FastifyRequest, reply: FastifyReply) => Promise<Context>
}

/** A request that accepts an event stream. */
export interface StreamRequest {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly network: string
  /** Runs work that counts as in flight and has a deadline. */
  readonly track: <T>(work: () => Promise<T>) => Promise<T>
  readonly executor: OperationExecutor
}

/** GraphQL over server-sent events. */
export interface EventStreams {
  respond(streamRequest: StreamRequest): Promise<FastifyReply>
  /** Ends every open stream, so that clients resume their subscriptions on another node. */
  closeAll(): Promise<void>
}

const EVENT_STREAM = 'text/event-stream'
/** Media types that results without a stream have. */
const RESULT_TYPES = /(?:^|[,\s])(?:application\/(?:json|graphql-response\+json|\*)|\*\/\*)(?=[\s;,]|$)/i
const STREAM_TYPE = /(?:^|[,\s])text\/event-stream(?=[\s;,]|$)/i

/** Whether the response to a request can be an event stream. */
export function acceptsEventStream({ accept }: IncomingHttpHeaders): boolean {
  return accept !== undefined && STREAM_TYPE.test(accept)
}

/**
 * GraphQL over server-sent events: the protocol of graphql-sse in its mode of distinct connections. Apollo
 * checks every operation as for any other request; subscriptions are then executed here. Queries and
 * mutations are sent as events only to a client that accepts nothing else.
 *
 * Not the handler of `graphql-sse`: it parses and validates on its own, without Apollo's guards and stored
 * documents, compares `Accept` with one exact text, and completes every stream that it ends.
 */
export function createEventStreams(options: EventStreamOptions): EventStreams {
  const open = new Set<EventStream>()
  let isClosing = false
  return {
    async respond(streamRequest) {
      const { request, reply, network, track } = streamRequest
      const { subscription, json } = await track(() => execute(streamRequest))
      if (!subscription)
        return acceptsResult(request.headers) ? reply.send(json) : sendEvents(reply.code(200), json)
      const opened = await openSubscription({ ...subscription, network }, options)
      if (opened.kind === 'refused') return sendRefusal(reply, opened)
      // One that opens after `closeAll` would keep the server from stopping.
      if (isClosing) opened.stream.end()
      open.add(opened.stream)
      void opened.stream.closed.then(() => open.delete(opened.stream))
      return setStreamHeaders(reply).send(opened.stream.body)
    },
    async closeAll() {
      isClosing = true
      const streams = [...open]
      for (const stream of streams) stream.end()
      await Promise.all(streams.map(({ closed }) => closed))
    },
  }
}

/** What Apollo has made of an operation. */
interface Executed {
  /** Null for a query, a mutation, or a rejected operation, whose response is `json`. */
  readonly subscription: Omit<SubscriptionRequest, 'network'> | null
  readonly json: string
}

/** Executes a query or a mutation, and checks a subscription. Sets status and headers of the reply. */
async function execute({ request, reply, executor }: StreamRequest): Promise<Executed> {
  let subscription: Executed['subscription'] = null
  const json = await executeRequest({
    ...{ apollo: executor.apollo, request, reply },
    // Apollo does not know event streams.
    accept: acceptsResult(request.headers) ? undefined : 'application/graphql-response+json',
    async context() {
      const context = await executor.context(request, reply)
      const takeSubscription = (taken: CheckedSubscription) => void (subscription = { ...taken, context })
      return { ...context, takeSubscription }
    },
  })
  return { subscription, json }
}

function acceptsResult({ accept = '' }: IncomingHttpHeaders): boolean {
  return RESULT_TYPES.test(accept)
}

/** `X-Accel-Buffering`: nginx and proxies like it would hold events back. */
function setStreamHeaders(reply: FastifyReply): FastifyReply {
  return reply.type(EVENT_STREAM).header('x-accel-buffering', 'no')
}

/** Sends one result as a complete event stream. */
function sendEvents(reply: FastifyReply, json: string): FastifyReply {
  return setStreamHeaders(reply).send(`${formatNextEvent(json)}${COMPLETE_EVENT}`)
}

/**
 * A refusal that a retry can cure, with fresh headers or later, has its HTTP status, after which clients
 * retry. Any other is a complete event stream, after which they do not.
 */
function sendRefusal(reply: FastifyReply, { status, errors, headers }: RefusedSubscription): FastifyReply {
  const json = JSON.stringify({ errors })
  reply.headers(headers)
  if (status === 200) return sendEvents(reply.code(200), json)
  return reply.code(status).type('application/graphql-response+json; charset=utf-8').send(json)
}
