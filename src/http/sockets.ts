import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import {
  GraphQLError,
  OperationTypeNode,
  getOperationAST,
  parse,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql'
import { CloseCode, type Context as SocketSession, type SubscribePayload } from 'graphql-ws'
import { useServer, type Extra } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { Caller, ClientFacts, Credentials, SignedInCaller } from '../core/caller.ts'
import type { Language } from '../core/languages.ts'
import type { TrustedOrigins } from '../core/origins.ts'
import type { OperationManifest } from '../core/operation-manifest.ts'
import { isListed, createNotAllowedError } from '../graphql/documents/allow-list.ts'
import { createSocketContext, type Context } from '../graphql/context.ts'
import { validateGuarded, findVariablesRefusal } from '../graphql/guards/guards.ts'
import { toLimitRefusal } from '../graphql/guards/limit-refusal.ts'
import { createResponseLanguage } from '../graphql/response-language.ts'

/** What sockets need. */
export interface SocketOptions {
  readonly schema: GraphQLSchema
  readonly identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>
  /** Resolves with the one piece of news that ends a watch; null when it was given up. */
  readonly watch: (caller: SignedInCaller, givenUp: AbortSignal) => Promise<SessionNews | null>
  readonly formatError: (error: GraphQLError, language: Language) => GraphQLFormattedError
  /** Spoken where no language that was asked for is. */
  readonly language: Language
  readonly newId: () => string
  readonly newFieldLimits: () => Context['fieldLimits']
  /** The documents that may run; null: every one. */
  readonly operations: OperationManifest | null
  /** Pages that may open a socket; programs send no `Origin`. */
  readonly origins: TrustedOrigins
}

/** What ends a socket. */
interface SessionNews {
  readonly kind: 'ENDED' | 'TOKEN_EXPIRED'
}

/** What each socket carries while it is open. */
type Standing = { context: Context | undefined; givenUp: AbortController | undefined }
type Params = Record<string, unknown> | undefined
type Session = SocketSession<Params, Extra & Partial<Standing>>

/** Most sockets of this process. */
const MAX_SOCKETS = 10_000
/** Longest message from a client, in bytes: a subscription and a token. */
const MAX_MESSAGE = 16_384
/** Most subscriptions of one socket. */
const MAX_SUBSCRIPTIONS = 10
/** Longest subscription, in tokens of its document. */
const MAX_TOKENS = 200
/** Longest wait for `connection_init`, in milliseconds. */
const INIT_MS = 3000
/** Longest time that news has to reach the client before its socket closes, in milliseconds. */
const LAST_WORDS_MS = 1000

/**
 * Subscriptions over WebSocket (`graphql-transport-ws`) at `/graphql`. A socket belongs to the session of its
 * `connection_init` and closes with it: 4401 when the session has ended or the token was never good, 4403 when only the
 * access token has ended and a new one may open the next socket, 1013 when the stores cannot say.
 */
export function addSockets(
  app: FastifyInstance,
  options: SocketOptions,
  isPermitted: (request: IncomingMessage) => boolean,
): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false })
  const server = useServer<Params, Standing>(
    {
      schema: options.schema,
      connectionInitWaitTimeout: INIT_MS,
      onConnect: (session) => open(session, options),
      validate: validateGuarded,
      onSubscribe: (session, _id, payload) => refusalOf(session, payload, options.operations),
      onError: ({ extra }, _id, _payload, errors) => formatted(errors, extra, options),
      onNext: ({ extra }, _id, _payload, _args, result) =>
        result.errors && {
          data: result.data ?? null,
          errors: formatted(result.errors, extra, options),
        },
      onClose: ({ extra }) => extra.givenUp?.abort(),
      context: ({ extra }) => extra.context,
    },
    sockets,
  )
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = isPermitted(request)
      ? upgradeRefusal(request, sockets.clients.size, options.origins)
      : '403 Forbidden'
    if (refusal) {
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request))
  })
  app.addHook('preClose', async () => {
    await server.dispose()
  })
}

/** The status that answers an upgrade which is not welcome; null for one that is. */
function upgradeRefusal(
  { url, headers }: IncomingMessage,
  open: number,
  origins: TrustedOrigins,
): string | null {
  if (url?.split('?')[0] !== '/graphql') return '404 Not Found'
  if (headers.origin !== undefined && !origins.includes(headers.origin, headers.host)) return '403 Forbidden'
  return open >= MAX_SOCKETS ? '503 Service Unavailable' : null
}

/** Who opens the socket; it is closed at once unless somebody is signed in. */
async function open(session: Session, options: SocketOptions): Promise<boolean> {
  const { extra, connectionParams } = session
  const { request, socket } = extra
  const givenUp = new AbortController()
  extra.givenUp = givenUp
  const facts = {
    ipAddress: request.socket.remoteAddress,
    userAgent: request.headers['user-agent'],
    acceptLanguage: request.headers['accept-language'],
    requestId: options.newId(),
  }
  const watchSession = (caller: SignedInCaller) => oneEvent(options.watch(caller, givenUp.signal))
  const responseLanguage = createResponseLanguage(facts.acceptLanguage, options.language)
  const own = { watchSession, fieldLimits: options.newFieldLimits(), responseLanguage }
  const context = await createSocketContext(connectionParams, facts, options.identify, own)
  const { caller } = context
  if (caller.kind !== 'signed-in') {
    socket.close(...closeOf(caller))
    return false
  }
  extra.context = context
  void closeWithSession(session, options.watch(caller, givenUp.signal))
  return true
}

function closeOf(caller: Caller): [code: number, reason: string] {
  if (caller.kind === 'unknown') return [1013, 'SERVICE_UNAVAILABLE']
  const expired = caller.kind === 'refused' && caller.reason === 'TOKEN_EXPIRED'
  return expired ? [CloseCode.Forbidden, 'TOKEN_EXPIRED'] : [CloseCode.Unauthorized, 'UNAUTHENTICATED']
}

/** Waits for the end of the session, lets subscriptions say so, and closes. */
async function closeWithSession(
  { extra, subscriptions }: Session,
  ending: Promise<SessionNews | null>,
): Promise<void> {
  const news = await ending
  if (!news) return
  const deadline = performance.now() + LAST_WORDS_MS
  while (Object.keys(subscriptions).length > 0 && performance.now() < deadline) await sleep(10)
  const code = news.kind === 'ENDED' ? CloseCode.Unauthorized : CloseCode.Forbidden
  extra.socket.close(code, news.kind === 'ENDED' ? 'SESSION_ENDED' : news.kind)
}

async function* oneEvent(news: Promise<object | null>): AsyncGenerator<object> {
  const event = await news
  if (event) yield event
}

/** Queries and mutations have their own way in, with its own guards. */
function refusalOf(
  { subscriptions }: Session,
  { query, operationName, variables }: SubscribePayload,
  operations: OperationManifest | null,
): readonly GraphQLError[] | undefined {
  if (Object.keys(subscriptions).length > MAX_SUBSCRIPTIONS)
    return [refusal('Too many subscriptions.', 'BAD_REQUEST')]
  if (!isListed(operations, query)) return [createNotAllowedError()]
  const longList = findVariablesRefusal(variables)
  if (longList) return [longList]
  try {
    const operation = getOperationAST(parse(query, { maxTokens: MAX_TOKENS }), operationName)
    if (!operation || operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined
    return [refusal('Queries and mutations travel over HTTP.', 'BAD_REQUEST')]
  } catch (error) {
    if (error instanceof GraphQLError && toLimitRefusal(error, 'en')) return [error]
    return [refusal('The document is not GraphQL.', 'GRAPHQL_PARSE_FAILED')]
  }
}

function refusal(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}

/** Errors as the client sees them, in the language that its handshake asked for. */
function formatted(
  errors: readonly GraphQLError[],
  { context }: Partial<Standing>,
  { formatError, language }: SocketOptions,
): GraphQLFormattedError[] {
  return errors.map((error) => formatError(coded(error), context?.responseLanguage.language ?? language))
}

/** What validation finds carries no code yet. */
function coded(error: GraphQLError): GraphQLError {
  const isValidation = error.extensions['code'] === undefined && !error.originalError && !error.path
  return isValidation ? refusal(error.message, 'GRAPHQL_VALIDATION_FAILED') : error
}
