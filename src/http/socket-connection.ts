import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { CloseCode, type Server } from 'graphql-ws'
import type { WebSocket } from 'ws'
import { createMessageMeter, type MessageRefusal, type SocketLimits } from './socket-limits.ts'

/** What `graphql-ws` keeps of a connection. */
export interface SocketExtra {
  readonly socket: WebSocket
  readonly request: IncomingMessage
}

/** Settings of a connection. */
export interface SocketConnectionOptions {
  readonly limits: SocketLimits
  readonly log: FastifyBaseLogger
}

/** Close code of a socket that exceeds a limit. Clients of `graphql-ws` do not reconnect after it. */
export const LIMIT_CLOSE_CODE = CloseCode.TooManyInitialisationRequests
/** Interval of pings; a client that has not answered by the next one is gone. In milliseconds. */
const KEEP_ALIVE_MS = 12_000
/** How long a client has to answer the close of its socket, in milliseconds. */
export const CLOSE_MS = 1000

/**
 * Serves one WebSocket with `graphql-ws`. Not its own binding for `ws`, which handles messages without a
 * limit, also after the socket was closed.
 */
export function serveSocket(
  server: Server<SocketExtra>,
  { socket, request }: SocketExtra,
  options: SocketConnectionOptions,
): void {
  const receive = limitMessages(socket, options)
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        void socket.on('message', (data: Buffer) => void receive(() => handle(data.toString()))),
    },
    { socket, request },
  )
  const stopPings = keepAlive(socket)
  // Control frames cost as much as messages.
  socket.on('ping', () => void receive(async () => undefined))
  // `ws` closes a socket whose frames are invalid or too large.
  socket.on('error', () => undefined)
  socket.once('close', (code: number, reason: Buffer) => {
    stopPings()
    void closed(code, reason.toString())
  })
}

/** Runs the work of each message within the limits. A socket that exceeds one is closed, and read no more. */
function limitMessages(
  socket: WebSocket,
  { limits, log }: SocketConnectionOptions,
): (work: () => Promise<void>) => Promise<void> {
  const meter = createMessageMeter(limits)
  let refusal: MessageRefusal | null = null
  return async (work) => {
    if (refusal !== null) return
    refusal = meter.arrive()
    if (refusal !== null) {
      log.info({ event: 'http.socket_refused', reason: refusal }, 'WebSocket closed: it exceeds a limit')
      closeSoon(socket, LIMIT_CLOSE_CODE, refusal)
      return
    }
    try {
      await work()
    } catch (err) {
      if (socket.readyState !== socket.OPEN) return
      log.error({ event: 'http.socket_failed', err }, 'WebSocket message failed')
      socket.close(CloseCode.InternalServerError, 'Internal server error')
    } finally {
      meter.finish()
    }
  }
}

/** Closes a socket, and its connection if the client does not answer. */
export function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason)
  setTimeout(() => socket.terminate(), CLOSE_MS).unref()
}

/** Resolves when the message is in the buffers of the operating system, so that unread ones count. */
function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.readyState !== socket.OPEN) return resolve()
    socket.send(text, (error) => (error ? reject(error) : resolve()))
  })
}

/** Ends the connection of a client that is gone; returns the function that stops. */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true
  socket.on('pong', () => void (isAlive = true))
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    if (socket.readyState === socket.OPEN) socket.ping()
  }, KEEP_ALIVE_MS)
  return () => clearInterval(timer)
}
