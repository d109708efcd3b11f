import { setTimeout as sleep } from 'node:timers/promises'
import { CloseCode, type Context as GraphqlWsContext } from 'graphql-ws'
import type { Extra } from 'graphql-ws/use/ws'
import type { Caller, ClientFacts, Credentials, SignedInCaller } from '../core/caller.ts'
import type { Language } from '../core/languages.ts'
import { createSocketContext, type Context } from '../graphql/context.ts'
import { createResponseLanguage } from '../graphql/response-language.ts'

/** What ends a socket. */
interface SessionNews {
  readonly kind: 'ENDED' | 'TOKEN_EXPIRED'
}

/** Dependencies of a socket's session. */
export interface SocketSessionOptions {
  readonly identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>
  /** Resolves with the event that ends the session or its access token; null once `signal` is aborted. */
  readonly watch: (caller: SignedInCaller, signal: AbortSignal) => Promise<SessionNews | null>
  /** Language of messages to clients that ask for none that is supported. */
  readonly language: Language
  readonly newId: () => string
  readonly newFieldLimits: () => Context['fieldLimits']
}

/** State of an open socket. */
export type SocketState = { context: Context | undefined; abort: AbortController | undefined }
/** Payload of `connection_init`. */
export type ConnectionParams = Record<string, unknown> | undefined
/** An open socket of `graphql-ws`. */
export type SubscriptionSocket = GraphqlWsContext<ConnectionParams, Extra & Partial<SocketState>>

/** Longest time for the last event to reach the client before its socket closes, in milliseconds. */
const FINAL_EVENT_MS = 1000

/**
 * Authenticates a socket. Without a session it is closed at once; otherwise it is closed when its session
 * ends.
 */
export async function openSocket(
  socket: SubscriptionSocket,
  options: SocketSessionOptions,
): Promise<boolean> {
  const abort = new AbortController()
  socket.extra.abort = abort
  const watch = (caller: SignedInCaller) => options.watch(caller, abort.signal)
  const context = await buildSocketContext(socket, options, watch)
  const { caller } = context
  if (caller.kind !== 'signed-in') {
    socket.extra.socket.close(...toCloseEvent(caller))
    return false
  }
  socket.extra.context = context
  void closeWithSession(socket, watch(caller))
  return true
}

async function buildSocketContext(
  { extra, connectionParams }: SubscriptionSocket,
  { identify, language, newId, newFieldLimits }: SocketSessionOptions,
  watch: (caller: SignedInCaller) => Promise<SessionNews | null>,
): Promise<Context> {
  const { socket, headers } = extra.request
  const facts = {
    ipAddress: socket.remoteAddress,
    userAgent: headers['user-agent'],
    acceptLanguage: headers['accept-language'],
    requestId: newId(),
  }
  return createSocketContext(connectionParams, facts, identify, {
    watchSession: (caller) => yieldOne(watch(caller)),
    fieldLimits: newFieldLimits(),
    responseLanguage: createResponseLanguage(facts.acceptLanguage, language),
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
  { extra, subscriptions }: SubscriptionSocket,
  ending: Promise<SessionNews | null>,
): Promise<void> {
  const news = await ending
  if (!news) return
  const deadline = performance.now() + FINAL_EVENT_MS
  while (Object.keys(subscriptions).length > 0 && performance.now() < deadline) await sleep(10)
  const isEnded = news.kind === 'ENDED'
  extra.socket.close(
    isEnded ? CloseCode.Unauthorized : CloseCode.Forbidden,
    isEnded ? 'SESSION_ENDED' : news.kind,
  )
}

async function* yieldOne(news: Promise<object | null>): AsyncGenerator<object> {
  const event = await news
  if (event) yield event
}
