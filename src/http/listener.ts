import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Language } from '../core/languages.ts'
import { badUrlAnswer, brokenRequestAnswer } from './json-errors.ts'

/** A certificate chain and its key, both PEM. */
export interface TlsMaterial {
  readonly cert: string
  readonly key: string
}

/** What the listener needs. */
export interface ListenerOptions {
  readonly log: FastifyBaseLogger
  readonly newId: () => string
  /** Spoken where no language that was asked for is. */
  readonly language: Language
  /** Proxies in front; 0 trusts no forwarded header. */
  readonly trustProxy: number
  /** Null: plain HTTP, for loopback or behind a proxy that ends TLS. */
  readonly tls: TlsMaterial | null
}

/** Stands before every request that arrives by a socket. */
export type Gate = (listener: RequestListener) => RequestListener

/** Longest request body in bytes. */
export const BODY_LIMIT = 100_000

/** How long anybody may take, in milliseconds, and how much of everything before the body one may send. */
const LIMITS = {
  /** Octets of request line and headers together. */
  maxHeaderSize: 16_384,
  /** From the first octet of a request to the end of its headers. */
  headersTimeout: 10_000,
  /** How often slow requests are looked for: they end this much later at most. */
  connectionsCheckingInterval: 1000,
  /** A missing `Host` is refused by `addRequestChecks`, in JSON; Node.js would answer nothing but a status. */
  requireHostHeader: false,
} as const

/** More of the same, which a server has as properties. */
const PATIENCE = {
  /** The whole request, drop by drop. */
  requestTimeout: 15_000,
  /** A socket on which nothing moves, either way, while a request is under way: also a client that does not read. */
  timeout: 30_000,
  keepAliveTimeout: 72_000,
  /** Then the client opens a new connection, which a load balancer may send to another node. */
  maxRequestsPerSocket: 10_000,
} as const

/** TLS 1.2 with forward secrecy and authenticated encryption alone, and 1.3 (RFC 9325 §3.1.1, §4.2). */
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

/** The server before it has any route: its sockets, its patience and its words for what is no request. */
export function createListener(
  { log, newId, language, trustProxy, tls }: ListenerOptions,
  gate: Gate,
): FastifyInstance {
  return Fastify({
    serverFactory: (handler) => openServer(gate(handler), tls),
    // Made by the factory; Fastify says by this what its address is.
    ...(tls && { https: tls }),
    loggerInstance: log,
    // One line of our own for each request says what it cost and how it ended, never what it carried.
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: BODY_LIMIT,
    trustProxy: (_address: string, hop: number) => hop < trustProxy,
    genReqId: newId,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    clientErrorHandler: brokenRequestAnswer(language),
    frameworkErrors: badUrlAnswer(language),
  })
}

function openServer(listener: RequestListener, tls: TlsMaterial | null): Server {
  const server =
    tls === null ? createServer(LIMITS, listener) : createTlsServer({ ...LIMITS, ...TLS, ...tls }, listener)
  return Object.assign(server, PATIENCE)
}
