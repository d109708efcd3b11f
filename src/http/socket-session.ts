import { CloseCode, type Context as GraphqlWsContext } from 'graphql-ws'
import type { FastifyBaseLogger } from 'fastify'
import type { Caller, ClientFacts, Credentials, SignedInCaller } from '../core/caller.ts'
import type { Languages } from '../locales/languages.ts'
import { createSocketContext, type Context } from '../graphql/context.ts'
import { createResponseLanguage } from '../graphql/response-language.ts'
import type { SpanFacts, Tracing } from '../ports/tracing.ts'
import { readUpgradeAddress } from './client-address.ts'
import { createAnnouncements, type Announcements, type SessionNews } from './session-announcements.ts'
import { LIMIT_CLOSE_CODE, closeSoon, type SocketExtra } from './socket-connection.ts'
import { toSessionPlaces, type SocketCounts, type SocketLimits } from './socket-limits.ts'
import { readRequestId, readTraceFacts } from './request-ids.ts'
import { readTraceHeaders } from './request-spans.ts'

/** Dependencies of a socket's session. */
export interface SocketSessionOptions {
  readonly identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>
  /** Resolves with the event that ends the session or its access token; null once `signal` is aborted. */
  readonly watch: (caller: SignedInCaller, signal: AbortSignal) => Promise<SessionNews | null>
  /** Languages of messages. */
  readonly languages: Languages
  readonly newId: () => string
  readonly log: FastifyBaseLogger
  readonly newFieldLimits: () => Context['fieldLimits']
  readonly tracing: Tracing
  readonly limits: SocketLimits
  readonly counts: SocketCounts
  /** Number of proxies in front; 0 trusts no forwarded header. */
  readonly trustProxy: number
}

/** State of an open socket. */
export type SocketState = { context: Context | undefined; abort: AbortController | undefined }
/** Payload of `connection_init`. */
export type ConnectionParams = Record<string, unknown> | undefined
/** An open socket of `graphql-ws`. */
export type SubscriptionSocket = GraphqlWsContext<ConnectionParams, SocketExtra & Partial<SocketState>>

/** The span of `connection_init`; events of an open socket have none. */
const CONNECTION: SpanFacts = {
  name: 'WebSocket connection_init',
  kind: 'server',
  attributes: { 'http.route': '/graphql', 'network.protocol.name': 'websocket' },
}

/**
 * Authenticates a socket. Without a session it is closed at once; otherwise it is closed when its session
 * ends.
 */
export async function openSocket(
  socket: SubscriptionSocket,
  options: SocketSessionOptions,
): Promise<boolean> {
  const { request } = socket.extra
  const span = options.tracing.startRequest(CONNECTION, readTraceHeaders(request.headers))
  return span.run(() => authenticate(socket, options, span.traceId)).finally(() => span.end())
}

async function authenticate(
  socket: SubscriptionSocket,
  options: SocketSessionOptions,
  traceId: string | undefined,
): Promise<boolean> {
  const abort = new AbortController()
  socket.extra.abort = abort
  // One for all: of two watches, each with polls of its own, one could close the socket before the event of
  // the other.
  let ending: Promise<SessionNews | null> | undefined
  const watch = (caller: SignedInCaller) => (ending ??= options.watch(caller, abort.signal))
  const closed = new Promise<void>((resolve) => socket.extra.socket.once('close', () => resolve()))
  const announcements = createAnnouncements(closed)
  const watchSession: Context['watchSession'] = (caller) => announcements.announce(watch(caller))
  const context = await buildSocketContext(socket, options, { watchSession, traceId })
  const { caller } = context
  if (caller.kind !== 'signed-in') {
    socket.extra.socket.close(...toCloseEvent(caller))
    return false
  }
  if (!claimPlaces(socket, caller, options)) return false
  socket.extra.context = context
  void closeWithSession(socket, watch(caller), announcements)
  return true
}

/** Counts the socket for its session and its account until it closes. Over the limit it is closed. */
function claimPlaces(
  { extra: { socket } }: SubscriptionSocket,
  caller: SignedInCaller,
  { limits, counts }: SocketSessionOptions,
): boolean {
  // A socket that closed meanwhile would never be released.
  if (socket.readyState !== socket.OPEN) return false
  const places = toSessionPlaces(caller, limits)
  if (counts.claim(places)) {
    socket.once('close', () => counts.release(places))
    return true
  }
  closeSoon(socket, LIMIT_CLOSE_CODE, 'TOO_MANY_SOCKETS')
  return false
}

/** Closes a socket that opens under load. */
export function rejectBusy({ extra: { socket } }: SubscriptionSocket): false {
  socket.close(1013, 'SERVICE_UNAVAILABLE')
  return false
}

async function buildSocketContext(
  { extra, connectionParams }: SubscriptionSocket,
  { identify, languages, log, newId, newFieldLimits, trustProxy }: SocketSessionOptions,
  own: Pick<Context, 'watchSession'> & { readonly traceId: string | undefined },
): Promise<Context> {
  const { headers } = extra.request
  const facts = {
    ipAddress: readUpgradeAddress(extra.request, trustProxy),
    userAgent: headers['user-agent'],
    acceptLanguage: headers['accept-language'],
    requestId: readRequestId(extra.request, newId),
  }
  return createSocketContext(connectionParams, facts, identify, {
    watchSession: own.watchSession,
    fieldLimits: newFieldLimits(),
    log: log.child({ requestId: facts.requestId, ...readTraceFacts(headers, own.traceId) }),
    responseLanguage: createResponseLanguage(facts.acceptLanguage, languages),
  })
}

/** Close code and reason for a caller without a session. */
function toCloseEvent(caller: Caller): [code: number, reason: string] {
  if (caller.kind === 'unknown') return [1013, 'SERVICE_UNAVAILABLE']
  const isExpired = caller.kind === 'refused' && caller.reason === 'TOKEN_EXPIRED'
  return isExpired ? [CloseCode.Forbidden, 'TOKEN_EXPIRED'] : [CloseCode.Unauthorized, 'UNAUTHENTICATED']
}

/** Waits for the end of the session, lets subscriptions send it to the client, and closes the socket. */
async function closeWithSession(
  { extra }: SubscriptionSocket,
  ending: Promise<SessionNews | null>,
  announcements: Announcements,
): Promise<void> {
  const news = await ending
  if (!news) return
  await announcements.waitUntilSent()
  const isEnded = news.kind === 'ENDED'
  extra.socket.close(
    isEnded ? CloseCode.Unauthorized : CloseCode.Forbidden,
    isEnded ? 'SESSION_ENDED' : news.kind,
  )
}
