import type { ApolloServer } from '@apollo/server'
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify'
import cors from '@fastify/cors'
import type { JWK } from 'jose'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller, ClientFacts, Credentials } from '../core/caller.ts'
import type { TrustedOrigins } from '../core/origins.ts'
import { createContext, type Context } from '../graphql/context.ts'
import { createResponseLanguage } from '../graphql/response-language.ts'
import { createAdmission, type Admission } from './load-shedding.ts'
import { addDiscovery, type DiscoveryOptions } from './discovery.ts'
import { addGraphqlRoute } from './graphql-route.ts'
import { addHealth, type ReadinessCheck } from './health.ts'
import { IDE_PAGE, addIde } from './ide.ts'
import { addJsonErrors } from './json-errors.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { addDevMailboxPage, isFromHere, type DevMailboxOptions } from './dev-mailbox-page.ts'
import { addJsonBodies, addOptions, addRequestChecks } from './request-checks.ts'
import { addSecurityHeaders } from './security-headers.ts'
import { addSockets, type SocketOptions } from './sockets.ts'
import { addTokenEndpoints, type TokenEndpointOptions } from './token-endpoints.ts'
import { together } from './request-batcher.ts'
import { addTransportSecurity, isPermitted } from './transport-security.ts'
import { addVerifyEmailPage } from './verify-email-page.ts'

/** What the HTTP server needs. */
export interface HttpOptions extends ListenerOptions {
  readonly apollo: ApolloServer<Context>
  readonly identify: (credentials: Credentials, client: ClientFacts) => Promise<Caller>
  /** The limits of fields, for one answer. */
  readonly newFieldLimits: () => Context['fieldLimits']
  readonly readiness: readonly ReadinessCheck[]
  /** The keys that verify access tokens, as they are now. */
  readonly publicJwks: () => readonly JWK[]
  /** Null where there is no public address to speak of. */
  readonly discovery: DiscoveryOptions | null
  /** Null where no other service may ask about tokens. */
  readonly tokenEndpoints: TokenEndpointOptions | null
  readonly corsOrigins: readonly string[]
  /** Pages that may act with cookies. */
  readonly trustedOrigins: TrustedOrigins
  /** Whether refresh tokens ride in a cookie. */
  readonly cookies: boolean
  /** Refuses what did not come over TLS. */
  readonly requireHttps: boolean
  /** Subscriptions. */
  readonly sockets: SocketOptions
  /** Null where nobody may see what was sent. */
  readonly devMailbox: DevMailboxOptions | null
  /** Serves the IDE to browsers. */
  readonly ide: boolean
  /** Requests at work at a time. */
  readonly maxInFlight: number
  /** Share of its time, 0 to 1, that the event loop may be busy before less is taken on. */
  readonly maxLoopUtilization: number
  /** Milliseconds within which every GraphQL request is answered. */
  readonly deadlineMs: number
}

/** The server, not yet listening. */
export interface HttpServer {
  readonly app: FastifyInstance
  /** From now on `/readyz` is red; requests are still served, each as the last one of its connection. */
  announceStop(): void
}

/** Everything that speaks HTTP: GraphQL, the IDE, health, the public keys, and what other services ask. */
export async function createHttpServer(options: HttpOptions): Promise<HttpServer> {
  const { apollo, ide, corsOrigins, publicJwks, readiness } = options
  let stopping = false
  const admission = createAdmission(options)
  const app = createListener(options, (listener) => admission.gate(listener))
  app.addHook('onClose', async () => admission.close())
  addJsonBodies(app)
  addJsonErrors(app, options.language)
  addSecurityHeaders(app)
  addTransportSecurity(app, options)
  addOptions(app)
  await app.register(cors, {
    origin: [...corsOrigins],
    credentials: options.cookies,
    methods: ['GET', 'POST'],
    maxAge: 600,
  })
  addRequestChecks(app)
  addHealth(app, readiness, () => stopping)
  app.get('/.well-known/jwks.json', async (_request, reply) =>
    reply
      .header('cache-control', 'public, max-age=300')
      .type('application/json')
      .send({ keys: publicJwks() }),
  )
  if (options.discovery) addDiscovery(app, options.discovery)
  addVerifyEmailPage(app)
  if (ide) addIde(app)
  if (options.devMailbox) addDevMailboxPage(app, options.devMailbox)
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close')
  })
  addRequestLine(app)
  if (options.tokenEndpoints) await addTokenEndpoints(app, options.tokenEndpoints)
  apollo.addPlugin(fastifyApolloDrainPlugin(app))
  await apollo.start()
  addGraphql(app, options, admission)
  addSockets(app, options.sockets, (request) => isPermitted(request, options))
  return { app, announceStop: () => void (stopping = true) }
}

function addGraphql(app: FastifyInstance, options: HttpOptions, admission: Admission): void {
  const { apollo, ide, deadlineMs } = options
  if (ide) {
    app.addHook('onRequest', async (request, reply) => {
      if (!wantsIde(request)) return
      await reply
        .header('content-security-policy', IDE_PAGE.policy)
        .type('text/html; charset=utf-8')
        .send(IDE_PAGE.html)
    })
  }
  const context = (request: FastifyRequest, reply: FastifyReply) => contextOf(request, reply, options)
  addGraphqlRoute(app, { apollo, context, admission, deadlineMs })
}

async function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { identify, cookies, trustedOrigins, newFieldLimits, language, devMailbox }: HttpOptions,
): Promise<Context> {
  const { rawHeaders, headers } = request.raw
  const exchange = {
    header: headers.cookie,
    fromTrustedPage: trustedOrigins.includes(headers.origin, headers.host),
    set: (value: string) => void reply.header('set-cookie', value),
  }
  const facts = {
    rawHeaders,
    userAgent: request.headers['user-agent'],
    acceptLanguage: request.headers['accept-language'],
    ipAddress: request.ip,
    requestId: request.id,
    cookies: exchange,
    refreshInCookie: cookies,
    // Answered already, by its deadline; or nobody waits for it any more.
    isGivenUp: () => reply.sent || reply.raw.destroyed,
  }
  await together()
  const responseLanguage = createResponseLanguage(facts.acceptLanguage, language)
  const isDeveloper = () => devMailbox !== null && (devMailbox.forAnyone || isFromHere(request))
  return createContext(facts, identify, { fieldLimits: newFieldLimits(), responseLanguage, isDeveloper })
}

function wantsIde(request: FastifyRequest): boolean {
  const [path, query] = request.url.split('?')
  return (
    request.method === 'GET' &&
    path === '/graphql' &&
    !query?.includes('query=') &&
    (request.headers.accept ?? '').includes('text/html')
  )
}

function addRequestLine(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request
    const route = request.routeOptions.url ?? 'none'
    request.log.info(
      { method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    )
  })
}
