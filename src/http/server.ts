import type { ApolloServer } from '@apollo/server'
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import cors from '@fastify/cors'
import type { JWK } from 'jose'
import type { FastifyInstance } from 'fastify'
import type { Context } from '../graphql/context.ts'
import { addDevMailboxPage } from './dev-mailbox-page.ts'
import { addDiscovery, addJwks, type DiscoveryOptions } from './discovery.ts'
import { addGraphqlRoute } from './graphql-route.ts'
import { addHealth, type ReadinessCheck } from './health.ts'
import { addIde } from './ide.ts'
import { addJsonErrors } from './json-errors.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { createLoadShedder, type LoadSheddingOptions } from './load-shedding.ts'
import { createRequestBatcher } from './request-batcher.ts'
import { addJsonBodies, addOptions, addRequestChecks } from './request-checks.ts'
import { buildRequestContext, type RequestContextOptions } from './request-context.ts'
import { addRequestLog } from './request-log.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { addSockets, type SocketOptions } from './sockets.ts'
import { addTokenEndpoints, type TokenEndpointOptions } from './token-endpoints.ts'
import { addTransportSecurity, isConnectionAllowed, type ConnectionSecurity } from './transport-security.ts'
import { addClientAddressCheck } from './client-address.ts'
import { addVerifyEmailPage } from './verify-email-page.ts'

/** Settings and dependencies of the HTTP server. */
export interface HttpOptions
  extends ListenerOptions, ConnectionSecurity, LoadSheddingOptions, RequestContextOptions {
  readonly apollo: ApolloServer<Context>
  readonly readiness: readonly ReadinessCheck[]
  /** The current keys that verify access tokens. */
  readonly publicJwks: () => readonly JWK[]
  /** Null without a public URL. */
  readonly discovery: DiscoveryOptions | null
  /** Null without clients for introspection. */
  readonly tokenEndpoints: TokenEndpointOptions | null
  readonly corsOrigins: readonly string[]
  /** Subscriptions. */
  readonly sockets: SocketOptions
  /** Whether browsers get the IDE. */
  readonly ide: boolean
  /** Milliseconds from the arrival of a GraphQL request to its deadline. */
  readonly deadlineMs: number
}

/** The server before it listens. */
export interface HttpServer {
  readonly app: FastifyInstance
  /**
   * From now on `/readyz` answers 503, and every response closes its connection. Requests are still served.
   */
  announceStop(): void
}

/** The HTTP server with every route. Hooks run in the order of their registration, so this order matters. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  let isStopping = false
  const loadShedder = createLoadShedder(options)
  const app = createListener(options, (listener) => loadShedder.wrap(listener))
  app.addHook('onClose', async () => loadShedder.close())
  await addHooks(app, options)
  addHealth(app, options.readiness, () => isStopping)
  addPublicDocuments(app, options)
  app.addHook('onSend', async (_request, reply) => {
    if (isStopping) reply.header('connection', 'close')
  })
  addRequestLog(app)
  if (options.tokenEndpoints) await addTokenEndpoints(app, options.tokenEndpoints)
  options.apollo.addPlugin(fastifyApolloDrainPlugin(app))
  await options.apollo.start()
  const batcher = createRequestBatcher()
  addGraphqlRoute(app, {
    ...options,
    loadShedder,
    context: (request, reply) => buildRequestContext(request, reply, options, batcher),
  })
  addSockets(app, options.sockets, (request) => isConnectionAllowed(request, options))
  return { app, announceStop: () => void (isStopping = true) }
}

/** Everything that happens before a route. */
async function addHooks(app: FastifyInstance, options: HttpOptions): Promise<void> {
  addJsonBodies(app)
  addJsonErrors(app, options.language)
  addSecurityHeaders(app)
  addTransportSecurity(app, options)
  addOptions(app)
  await app.register(cors, {
    origin: [...options.corsOrigins],
    credentials: options.cookies,
    methods: ['GET', 'POST'],
    maxAge: 600,
  })
  addRequestChecks(app)
  if (options.trustProxy > 0) addClientAddressCheck(app)
}

/** Keys, metadata and pages. */
function addPublicDocuments(app: FastifyInstance, options: HttpOptions): void {
  addJwks(app, options.publicJwks)
  if (options.discovery) addDiscovery(app, options.discovery)
  addVerifyEmailPage(app, options.language)
  if (options.ide) addIde(app)
  if (options.devMailbox) addDevMailboxPage(app, options.devMailbox, options.language)
}
