import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { handleProtocols, makeServer, type Server } from 'graphql-ws'
import { WebSocketServer } from 'ws'
import { toNetwork } from '../core/network.ts'
import type { TrustedOrigins } from '../core/origins.ts'
import { stripPublicPath } from '../core/public-path.ts'
import { validateGuarded } from '../graphql/guards/guards.ts'
import { readUpgradeAddress } from './client-address.ts'
import type { LoadShedder } from './load-shedding.ts'
import type { LogRefusedOrigin } from './origin-log.ts'
import { CLOSE_MS, serveSocket, type SocketConnectionOptions, type SocketExtra } from './socket-connection.ts'
import { NETWORK_RETRY_SECONDS, PROCESS_PLACE, toNetworkPlace, type SocketCounts } from './socket-limits.ts'
import {
  createBusyError,
  findOperationErrors,
  formatErrors,
  type SocketOperationOptions,
} from './socket-operations.ts'
import {
  openSocket,
  rejectBusy,
  type ConnectionParams,
  type SocketSessionOptions,
  type SocketState,
} from './socket-session.ts'

/** Settings of WebSockets. */
export interface SocketOptions
  extends Omit<SocketSessionOptions, 'counts'>, SocketOperationOptions, SocketConnectionOptions {
  readonly schema: GraphQLSchema
  /** Origins of pages that may open a socket; other programs send no `Origin`. */
  readonly origins: TrustedOrigins
  /** Path of the public URL, which a proxy may pass on or remove; empty where it has none. */
  readonly publicPath: string
}

/** What all requests of the server share. */
export interface SocketServerOptions {
  readonly isConnectionAllowed: (request: IncomingMessage) => boolean
  readonly loadShedder: LoadShedder
  readonly logRefusedOrigin: LogRefusedOrigin
  /** Counts sockets together with event streams. */
  readonly counts: SocketCounts
}

/** Longest message from a client, in bytes: a subscription and a token. */
const MAX_MESSAGE = 16_384
/** Longest wait for `connection_init`, in milliseconds. */
const INIT_MS = 3000

/**
 * Subscriptions over WebSocket (`graphql-transport-ws`) at `/graphql`. A socket belongs to the session of its
 * `connection_init` and is closed with it: 4401 when the session has ended or the token is invalid, 4403 when
 * only the access token has expired and a new one may open the next socket, 1013 when the session cannot be
 * read or the server is overloaded, and 4429 when the socket exceeds one of `SocketLimits`.
 *
 * Messages of all sockets are handled one per turn of the event loop, between requests. Not
 * `@fastify/websocket`: handshakes are rejected before the upgrade, without a route or its hooks.
 *
 * Returns the function that closes every socket.
 */
export function addSockets(
  app: FastifyInstance,
  options: SocketOptions,
  { isConnectionAllowed, loadShedder, logRefusedOrigin, counts }: SocketServerOptions,
): () => Promise<void> {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
    allowSynchronousEvents: false,
    handleProtocols,
  })
  const server = createGraphqlServer({ ...options, counts }, loadShedder)
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = isConnectionAllowed(request)
      ? (findUpgradeRefusal(request, options) ??
        (loadShedder.admits() ? null : BUSY) ??
        claimPlace(request, socket, options, counts))
      : '403 Forbidden'
    if (refusal) {
      logRefusedOrigin(request.headers)
      socket.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) =>
      serveSocket(server, { socket: client, request }, options),
    )
  })
  app.addHook('preClose', () => closeAll(sockets))
  return () => closeAll(sockets)
}

async function closeAll(sockets: WebSocketServer): Promise<void> {
  for (const client of sockets.clients) client.close(1001, 'Going away')
  const timer = setTimeout(() => sockets.clients.forEach((client) => client.terminate()), CLOSE_MS)
  await new Promise<void>((resolve) => sockets.close(() => resolve()))
  clearTimeout(timer)
}

function createGraphqlServer(
  options: SocketOptions & { readonly counts: SocketCounts },
  loadShedder: LoadShedder,
): Server<SocketExtra> {
  return makeServer<ConnectionParams, SocketExtra & Partial<SocketState>>({
    schema: options.schema,
    connectionInitWaitTimeout: INIT_MS,
    onConnect: (socket) =>
      loadShedder.admits() ? loadShedder.track(() => openSocket(socket, options)) : rejectBusy(socket),
    validate: validateGuarded,
    onSubscribe: (socket, _id, payload) =>
      loadShedder.admits() ? findOperationErrors(socket, payload, options.operations) : [createBusyError()],
    onError: (socket, _id, _payload, errors) => formatErrors(errors, socket.extra.context, options),
    onNext: (socket, _id, _payload, _args, result) =>
      result.errors && {
        data: result.data ?? null,
        errors: formatErrors(result.errors, socket.extra.context, options),
      },
    onClose: ({ extra }) => extra.abort?.abort(),
    context: ({ extra }) => extra.context,
  })
}

/** The status that rejects a handshake under load, with the time after which to try again. */
const BUSY = '503 Service Unavailable\r\nRetry-After: 1'

/**
 * Counts the socket for this process and its network until its connection ends; the status that rejects it
 * over the limit.
 */
function claimPlace(
  request: IncomingMessage,
  socket: Duplex,
  { limits, trustProxy }: SocketOptions,
  counts: SocketCounts,
): string | null {
  const network = toNetwork(readUpgradeAddress(request, trustProxy) ?? null)
  const places = [toNetworkPlace(network, limits)]
  if (!counts.claim([PROCESS_PLACE])) return BUSY
  if (!counts.claim(places)) {
    counts.release([PROCESS_PLACE])
    return `429 Too Many Requests\r\nRetry-After: ${NETWORK_RETRY_SECONDS}`
  }
  socket.once('close', () => counts.release([PROCESS_PLACE, ...places]))
  return null
}

/** The status that rejects an upgrade; null if it is accepted. */
function findUpgradeRefusal(
  { url, headers }: IncomingMessage,
  { origins, publicPath }: SocketOptions,
): string | null {
  if (stripPublicPath(url ?? '', publicPath).split('?')[0] !== '/graphql') return '404 Not Found'
  const isRefused = headers.origin !== undefined && !origins.includes(headers.origin, headers.host)
  return isRefused ? '403 Forbidden' : null
}
