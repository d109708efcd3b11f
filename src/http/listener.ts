import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Languages } from '../locales/languages.ts'
import { stripPublicPath } from '../core/public-path.ts'
import { createClientErrorHandler } from './client-errors.ts'
import { createBadUrlHandler } from './json-errors.ts'
import { readRequestId, readTraceFacts } from './request-ids.ts'
import type { RequestSpans } from './request-spans.ts'

/** A certificate chain and its private key, both PEM. */
export interface TlsMaterial {
  readonly cert: string
  readonly key: string
}

/** Settings of the listener. */
export interface ListenerOptions {
  readonly log: FastifyBaseLogger
  readonly newId: () => string
  /** Languages of responses. */
  readonly languages: Languages
  /** Number of proxies in front; 0 trusts no forwarded header. */
  readonly trustProxy: number
  /** Path of the public URL, which a proxy may pass on or remove; empty where it has none. */
  readonly publicPath: string
  /** Null: plain HTTP, for loopback or behind a proxy that terminates TLS. */
  readonly tls: TlsMaterial | null
}

/** Wraps the listener that receives every request from a socket. */
export type ListenerWrapper = (listener: RequestListener) => RequestListener

/** Longest request body in bytes. */
export const BODY_LIMIT = 100_000

/** Time after which an idle connection is closed, in milliseconds. */
export const KEEP_ALIVE_MS = 72_000

/** Limits that Node.js takes as options of a server. Times are in milliseconds. */
const SERVER_OPTIONS = {
  /** Bytes of the request line and the headers together. */
  maxHeaderSize: 16_384,
  /** From the first byte of a request to the end of its headers. */
  headersTimeout: 10_000,
  /** Interval of the checks for slow requests, which is the most by which they exceed a timeout. */
  connectionsCheckingInterval: 1000,
  /** `addRequestChecks` rejects a missing `Host` with a JSON error; Node.js would send a bare status. */
  requireHostHeader: false,
} as const

/** Limits that Node.js takes as properties of a server. Times are in milliseconds. */
const SERVER_PROPERTIES = {
  /** From the first byte of a request to the end of its body. */
  requestTimeout: 15_000,
  /**
   * A socket without traffic in either direction during a request, which includes clients that do not read.
   */
  timeout: 30_000,
  keepAliveTimeout: KEEP_ALIVE_MS,
  /** The client then opens a new connection, which a load balancer can send to another node. */
  maxRequestsPerSocket: 10_000,
} as const

/** TLS 1.3, and 1.2 with forward secrecy and authenticated encryption only (RFC 9325 §3.1.1, §4.2). */
const TLS = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  handshakeTimeout: 10_000,
  ciphers: [
    ...['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'],
    ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
    ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
  ].join(':'),
} as const

/** What the owner of a listener adds to it, and takes from it. */
export interface ListenerParts {
  readonly wrap: ListenerWrapper
  /** Null where requests have no spans. */
  readonly spans: RequestSpans | null
  /** Receives each server that is opened: Fastify opens a second one if a name has two addresses. */
  readonly servers: Server[]
}

/** A Fastify server without routes: its sockets, its limits and its responses to malformed requests. */
export function createListener(
  { log, newId, languages, trustProxy, publicPath, tls }: ListenerOptions,
  { wrap, spans, servers }: ListenerParts,
): FastifyInstance {
  return Fastify({
    serverFactory: (handler) => {
      const server = openServer(withoutPublicPath(wrap(handler), publicPath), tls)
      servers.push(server)
      return server
    },
    // The factory opens the server; Fastify reads the scheme of its own address from this option.
    ...(tls && { https: tls }),
    loggerInstance: withoutAddressLines(log),
    childLoggerFactory: (logger, bindings, options, request) =>
      logger.child({ ...bindings, ...readTraceFacts(request.headers, spans?.start(request)) }, options),
    // `addRequestLog` writes one line per request, without its content.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT,
    trustProxy: (_address: string, hop: number) => hop < trustProxy,
    genReqId: (request) => readRequestId(request, newId),
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    clientErrorHandler: createClientErrorHandler(languages.fallback),
    frameworkErrors: createBadUrlHandler(languages),
  })
}

/** Removes the public path from the URL of a request before anything reads it. */
function withoutPublicPath(listener: RequestListener, publicPath: string): RequestListener {
  return (request, response) => {
    request.url = stripPublicPath(request.url ?? '', publicPath)
    listener(request, response)
  }
}

/** Fastify logs each address as text without facts; `gateway serve` logs them in one entry. */
function withoutAddressLines(log: FastifyBaseLogger): FastifyBaseLogger {
  const { info } = log
  return Object.assign(log.child({}), {
    // pino's children inherit this method and call it with their own facts.
    info(this: FastifyBaseLogger, first: unknown, ...rest: string[]) {
      if (typeof first !== 'string') info.call(this, first, ...rest)
    },
  })
}

function openServer(listener: RequestListener, tls: TlsMaterial | null): Server {
  const server =
    tls === null
      ? createServer(SERVER_OPTIONS, listener)
      : createTlsServer({ ...SERVER_OPTIONS, ...TLS, ...tls }, listener)
  return Object.assign(server, SERVER_PROPERTIES)
}
