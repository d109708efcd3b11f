import type { FastifyBaseLogger } from 'fastify'
import {
  GraphQLError,
  subscribe,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql'
import { requireSignedIn, type SignedInCaller } from '../core/caller.ts'
import { AuthError, ERROR_CODES, isErrorCode, unavailable } from '../core/errors.ts'
import type { CheckedSubscription, Context } from '../graphql/context.ts'
import { addErrorHeaders } from '../graphql/plugins/http-response.ts'
import { createEventStream, type EventStream } from './event-stream.ts'
import { createAnnouncements, type SessionNews } from './session-announcements.ts'
import {
  NETWORK_RETRY_SECONDS,
  PROCESS_PLACE,
  toNetworkPlace,
  toSessionPlaces,
  type SocketCounts,
  type SocketLimits,
  type SocketPlace,
} from './socket-limits.ts'
import { createLimitError, formatErrors, type SocketOperationOptions } from './socket-operations.ts'

/** Dependencies of event streams, which share their limits with WebSockets. */
export interface EventStreamOptions extends Pick<SocketOperationOptions, 'formatError' | 'languages'> {
  readonly schema: GraphQLSchema
  /** Resolves with the event that ends the session or its access token; null once `signal` is aborted. */
  readonly watch: (caller: SignedInCaller, signal: AbortSignal) => Promise<SessionNews | null>
  readonly limits: SocketLimits
  readonly counts: SocketCounts
  readonly log: FastifyBaseLogger
}

/** A checked subscription with the facts of its request. */
export interface SubscriptionRequest extends CheckedSubscription {
  readonly context: Context
  readonly network: string
}

/** A subscription that was not opened. */
export interface RefusedSubscription {
  readonly kind: 'refused'
  /** 200 for a refusal that a retry cannot cure. */
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly errors: readonly GraphQLFormattedError[]
}

type OpenedSubscription = { readonly kind: 'opened'; readonly stream: EventStream } | RefusedSubscription

/**
 * Opens the event stream of a subscription for the session of the request. The stream ends with the session:
 * completed if the session has ended, without the event `complete` if only the access token has expired.
 */
export async function openSubscription(
  request: SubscriptionRequest,
  options: EventStreamOptions,
): Promise<OpenedSubscription> {
  try {
    const caller = requireSignedIn(request.context.caller)
    return await claimAndSubscribe(request, caller, options)
  } catch (error) {
    if (!(error instanceof AuthError || error instanceof GraphQLError)) throw error
    return refuse([toGraphqlError(error)], request, options)
  }
}

async function claimAndSubscribe(
  request: SubscriptionRequest,
  caller: SignedInCaller,
  options: EventStreamOptions,
): Promise<OpenedSubscription> {
  const stream = createEventStream()
  claimPlaces(request.network, caller, stream, options)
  const session = watchSession(caller, stream, options)
  const { document, operationName, variables, context } = request
  const contextValue = { ...context, isAborted: stream.isClosed, watchSession: session.announce }
  const operation = { document, operationName, variableValues: variables, contextValue }
  try {
    const events = await subscribe({ schema: options.schema, ...operation })
    if (Symbol.asyncIterator in events) {
      void sendAll(events, stream, request, options)
      return { kind: 'opened', stream }
    }
    stream.body.destroy()
    return refuse(events.errors ?? [], request, options)
  } catch (error) {
    stream.body.destroy()
    throw error
  }
}

/** Counts the stream until it closes. Throws, and closes the stream, if a limit is reached. */
function claimPlaces(
  network: string,
  caller: SignedInCaller,
  { body, closed }: EventStream,
  { limits, counts }: EventStreamOptions,
): void {
  const claim = (places: readonly SocketPlace[], refusal: Error) => {
    if (counts.claim(places)) return void closed.then(() => counts.release(places))
    body.destroy()
    throw refusal
  }
  const facts = { limit: limits.perNetwork, retryAfter: NETWORK_RETRY_SECONDS }
  claim([PROCESS_PLACE], unavailable(new Error('too many sockets and event streams')))
  claim([toNetworkPlace(network, limits)], new AuthError('RATE_LIMITED', facts))
  claim(toSessionPlaces(caller, limits), createLimitError())
}

/** Ends the stream with the session, once its subscription has sent the event. */
function watchSession(
  caller: SignedInCaller,
  stream: EventStream,
  { watch, log }: EventStreamOptions,
): { readonly announce: Context['watchSession'] } {
  const abort = new AbortController()
  void stream.closed.then(() => abort.abort())
  const news = watch(caller, abort.signal)
  const announcements = createAnnouncements(stream.closed)
  async function endWithSession(): Promise<void> {
    const event = await news
    await announcements.waitUntilSent()
    if (event?.kind === 'ENDED') stream.complete()
    else stream.end()
  }
  endWithSession().catch((err: unknown) => {
    log.error({ event: 'http.stream_failed', err }, 'event stream failed')
    stream.end()
  })
  return { announce: () => announcements.announce(news) }
}

async function sendAll(
  events: AsyncGenerator<ExecutionResult, void, void>,
  stream: EventStream,
  { context }: SubscriptionRequest,
  options: EventStreamOptions,
): Promise<void> {
  void stream.closed.then(() => events.return())
  try {
    for await (const { data = null, errors } of events)
      stream.send({ data, ...(errors && { errors: formatErrors(errors, context, options) }) })
    stream.complete()
  } catch (err) {
    options.log.error({ event: 'http.stream_failed', err }, 'event stream failed')
    stream.end()
  }
}

function toGraphqlError(error: AuthError | GraphQLError): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(error.message, { originalError: error })
}

function refuse(
  failures: readonly GraphQLError[],
  { context }: SubscriptionRequest,
  options: EventStreamOptions,
): RefusedSubscription {
  const errors = formatErrors(failures, context, options)
  const extensions = errors[0]?.extensions
  const { code, reason } = extensions ?? {}
  const headers = new Map<string, string>([['content-language', context.responseLanguage.language.tag]])
  addErrorHeaders(headers, extensions)
  const isCurable = code === 'SERVICE_UNAVAILABLE' || code === 'RATE_LIMITED' || reason === 'TOKEN_EXPIRED'
  return {
    kind: 'refused',
    status: isCurable && isErrorCode(code) ? ERROR_CODES[code].status : 200,
    errors,
    headers: Object.fromEntries(headers),
  }
}
