import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { TrustedOrigins } from '../core/origins.ts'
import { validateGuarded } from '../graphql/guards/guards.ts'
import { findOperationErrors, formatErrors, type SocketOperationOptions } from './socket-operations.ts'
import {
  openSocket,
  type ConnectionParams,
  type SocketSessionOptions,
  type SocketState,
} from './socket-session.ts'

/** Settings of WebSockets. */
export interface SocketOptions extends SocketSessionOptions, SocketOperationOptions {
  readonly schema: GraphQLSchema
  /** Origins of pages that may open a socket; other programs send no `Origin`. */
  readonly origins: TrustedOrigins
}

/** Most sockets of this process. */
const MAX_SOCKETS = 10_000
/** Longest message from a client, in bytes: a subscription and a token. */
const MAX_MESSAGE = 16_384
/** Longest wait for `connection_init`, in milliseconds. */
const INIT_MS = 3000

/**
 * Subscriptions over WebSocket (`graphql-transport-ws`) at `/graphql`. A socket belongs to the session of its
 * `connection_init` and is closed with it: 4401 when the session has ended or the token is invalid, 4403 when
 * only the access token has expired and a new one may open the next socket, 1013 when the session cannot be
 * read.
 *
 * Not `@fastify/websocket`: handshakes are rejected before the upgrade, without a route or its hooks.
 */
export function addSockets(
  app: FastifyInstance,
  options: SocketOptions,
  isConnectionAllowed: (request: IncomingMessage) => boolean,
): void {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false })
  const server = serveGraphql(sockets, options)
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = isConnectionAllowed(request)
      ? findUpgradeRefusal(request, sockets.clients.size, options.origins)
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

function serveGraphql(sockets: WebSocketServer, options: SocketOptions) {
  return useServer<ConnectionParams, SocketState>(
    {
      schema: options.schema,
      connectionInitWaitTimeout: INIT_MS,
      onConnect: (socket) => openSocket(socket, options),
      validate: validateGuarded,
      onSubscribe: (socket, _id, payload) => findOperationErrors(socket, payload, options.operations),
      onError: (socket, _id, _payload, errors) => formatErrors(errors, socket, options),
      onNext: (socket, _id, _payload, _args, result) =>
        result.errors && {
          data: result.data ?? null,
          errors: formatErrors(result.errors, socket, options),
        },
      onClose: ({ extra }) => extra.abort?.abort(),
      context: ({ extra }) => extra.context,
    },
    sockets,
  )
}

/** The status that rejects an upgrade; null if it is accepted. */
function findUpgradeRefusal(
  { url, headers }: IncomingMessage,
  open: number,
  origins: TrustedOrigins,
): string | null {
  if (url?.split('?')[0] !== '/graphql') return '404 Not Found'
  if (headers.origin !== undefined && !origins.includes(headers.origin, headers.host)) return '403 Forbidden'
  return open >= MAX_SOCKETS ? '503 Service Unavailable' : null
}
