import type { Server } from 'node:http'
import type { ApolloServer } from '@apollo/server'
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import type { JWK } from 'jose'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../graphql/context.ts'
import type { TrustedOrigins } from '../core/origins.ts'
import type { Tracing } from '../ports/tracing.ts'
import type { Metrics } from '../ports/metrics.ts'
import { addAppPages } from './app-pages.ts'
import { addBrand } from './brand.ts'
import { addCors } from './cors.ts'
import { addDevMailboxPage } from './dev-mailbox-page.ts'
import { addDiscovery, addJwks, type DiscoveryOptions } from './discovery.ts'
import { addGraphqlRoute, type GraphqlRouteOptions } from './graphql-route.ts'
import { createBusyPages } from './busy-page.ts'
import { addHealth, type ReadinessCheck } from './health.ts'
import { addIde } from './ide.ts'
import { addJsonErrors } from './json-errors.ts'
import { addLinkPage, type LinkPageOptions } from './link-page.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { createLoadShedder, type LoadSheddingOptions } from './load-shedding.ts'
import { createOriginLog, type LogRefusedOrigin } from './origin-log.ts'
import { createPageExecutor } from './page-operations.ts'
import { createRequestBatcher } from './request-batcher.ts'
import { addJsonBodies, addOptions, addRequestChecks } from './request-checks.ts'
import { buildRequestContext, type RequestContextOptions } from './request-context.ts'
import { addRequestIds } from './request-ids.ts'
import { addRequestLog, type RequestLogOptions } from './request-log.ts'
import { addRequestMetrics } from './request-metrics.ts'
import { createRequestSpans } from './request-spans.ts'
import { endConnections } from './retirement.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { PROCESS_PLACE, createSocketCounts } from './socket-limits.ts'
import { addSockets, type SocketOptions } from './sockets.ts'
import { addTokenEndpoints, type TokenEndpointOptions } from './token-endpoints.ts'
import { addTransportSecurity, isConnectionAllowed, type ConnectionSecurity } from './transport-security.ts'
import { addClientAddressCheck } from './client-address.ts'
import { UNDO_CHANGE_PAGE } from './undo-change-page.ts'
import { VERIFY_EMAIL_PAGE } from './verify-email-page.ts'

/** Settings and dependencies of the HTTP server. */
export interface HttpOptions
  extends
    ListenerOptions,
    ConnectionSecurity,
    Omit<LoadSheddingOptions, 'selectBusyPage'>,
    RequestContextOptions,
    LinkPageOptions {
  readonly apollo: ApolloServer<Context>
  readonly metrics: Metrics
  readonly readiness: readonly ReadinessCheck[]
  /** The current keys that verify access tokens. */
  readonly publicJwks: () => readonly JWK[]
  /** Null without a public URL. */
  readonly discovery: DiscoveryOptions | null
  /** Null without clients for introspection. */
  readonly tokenEndpoints: TokenEndpointOptions | null
  /** Origins whose pages may read responses (CORS) and open sockets. */
  readonly corsOrigins: TrustedOrigins
  /** Subscriptions. */
  readonly sockets: SocketOptions
  readonly requestLog: RequestLogOptions
  /** Whether the app is served. */
  readonly servesApp: boolean
  /** Whether browsers get the IDE. */
  readonly ide: boolean
  /** Milliseconds from the arrival of a GraphQL request to its deadline. */
  readonly deadlineMs: number
  readonly tracing: Tracing
}

/** The server before it listens. */
export interface HttpServer {
  readonly app: FastifyInstance
  /**
   * From now on `/readyz` answers 503, and every response closes its connection. Requests are still served.
   */
  announceStop(): void
  /**
   * Hands over to another process that listens on the same address: no further connection is accepted,
   * WebSockets and event streams are ended, and every response closes its connection. `/readyz` does not
   * change. Resolves when all connections have ended, at the latest after the keep-alive timeout.
   */
  retire(): Promise<void>
}

/** The HTTP server with every route. Hooks run in the order of their registration, so this order matters. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  let isStopping = false
  let isRetired = false
  const servers: Server[] = []
  const loadShedder = createLoadShedder({ ...options, selectBusyPage: createBusyPages(options) })
  const spans = options.tracing.enabled ? createRequestSpans(options.tracing) : null
  const app = createListener(options, { wrap: (listener) => loadShedder.wrap(listener), spans, servers })
  app.addHook('onClose', async () => loadShedder.close())
  const logRefusedOrigin = createOriginLog(options.corsOrigins, options.log)
  spans?.addHooks(app)
  await addHooks(app, options, logRefusedOrigin)
  addHealth(app, options.readiness, () => isStopping)
  await addPublicDocuments(app, options)
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping || isRetired) reply.header('connection', 'close')
    done()
  })
  addRequestLog(app, options.requestLog)
  addRequestMetrics(app, options.metrics)
  if (options.tokenEndpoints) await addTokenEndpoints(app, options.tokenEndpoints)
  options.apollo.addPlugin(fastifyApolloDrainPlugin(app))
  await options.apollo.start()
  const batcher = createRequestBatcher()
  const counts = createSocketCounts()
  options.metrics.gauge('gateway_subscription_connections', {}, () => counts.read(PROCESS_PLACE))
  const graphql: Omit<GraphqlRouteOptions, 'eventStreams'> = {
    ...options,
    loadShedder,
    context: (request, reply) => buildRequestContext(request, reply, options, batcher),
  }
  const endStreams = addGraphqlRoute(app, { ...graphql, eventStreams: { ...options.sockets, counts } })
  const execute = createPageExecutor(graphql)
  await addLinkPage(app, VERIFY_EMAIL_PAGE, options, execute)
  await addLinkPage(app, UNDO_CHANGE_PAGE, options, execute)
  const endSockets = addSockets(app, options.sockets, {
    isConnectionAllowed: (request) => isConnectionAllowed(request, options),
    loadShedder,
    logRefusedOrigin,
    counts,
  })
  return {
    app,
    announceStop: () => void (isStopping = true),
    async retire() {
      isRetired = true
      await Promise.all([endConnections(servers), endStreams(), endSockets()])
    },
  }
}

/** Everything that happens before a route. */
async function addHooks(
  app: FastifyInstance,
  options: HttpOptions,
  logRefusedOrigin: LogRefusedOrigin,
): Promise<void> {
  addRequestIds(app)
  addJsonBodies(app)
  addJsonErrors(app, options.languages)
  addSecurityHeaders(app)
  addTransportSecurity(app, options)
  addOptions(app)
  await addCors(app, options, logRefusedOrigin)
  addRequestChecks(app)
  if (options.trustProxy > 0) addClientAddressCheck(app)
}

/** Keys, metadata and pages. */
async function addPublicDocuments(app: FastifyInstance, options: HttpOptions): Promise<void> {
  addJwks(app, options.publicJwks)
  if (options.discovery) addDiscovery(app, options.discovery)
  addBrand(app, options.brand, options.publicPath)
  if (options.ide) addIde(app, options.brand, options.devMailbox !== null)
  if (options.servesApp) await addAppPages(app, options)
  if (options.devMailbox) addDevMailboxPage(app, options.devMailbox, options)
}
