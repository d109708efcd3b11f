import type { FastifyBaseLogger } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import type { Config } from '../config/config.ts'
import { trustOrigins } from '../core/origins.ts'
import { readPublicPath } from '../core/public-path.ts'
import { newId } from '../core/secrets.ts'
import type { KeySource } from '../core/token-keys.ts'
import { createErrorFormatter } from '../graphql/errors.ts'
import { createFieldLimits } from '../graphql/guards/rate-limit.ts'
import type { HttpOptions } from '../http/server.ts'
import type { Adapters } from './adapters.ts'
import { buildAllowList, createApollo } from './apollo.ts'
import { createReadinessChecks } from './readiness.ts'
import type { Services } from './services.ts'

/** What the HTTP server is created from. */
export interface HttpParts {
  readonly config: Config
  readonly adapters: Adapters
  readonly services: Services
  readonly schema: GraphQLSchema
  readonly keys: KeySource
  /** `iss` of access tokens. */
  readonly issuer: string
  readonly log: FastifyBaseLogger
}

/** Origin of Apollo Sandbox, which can call a development server from the browser. */
const STUDIO = 'https://studio.apollographql.com'

/** Builds the options of the HTTP server from the settings and services. */
export function buildHttpOptions(parts: HttpParts): HttpOptions {
  const { config, adapters, services, schema, keys, issuer, log } = parts
  const development = config.server.environment !== 'production'
  const makeId = () => newId(adapters.random)
  const formatError = createErrorFormatter(log, makeId, development)
  const shared = {
    identify: (credentials, client) => services.callers.identify(credentials, client),
    newId: makeId,
    newFieldLimits: () => createFieldLimits((limit, subject) => services.limits.reserve(limit, subject)),
    languages: services.languages,
    tracing: adapters.tracing,
    publicPath: readPublicPath(config.server.publicUrl),
  } satisfies Partial<HttpOptions>
  const origins = buildOrigins(config, development)
  const allowList = buildAllowList(config)
  return {
    ...shared,
    brand: config.branding,
    metrics: adapters.metrics,
    apollo: createApollo({ config, adapters, services, schema, formatError, allowList, log }),
    log,
    requestLog: {
      sampleRate: config.log.sampleRate,
      slowMs: config.log.slowRequestMs,
      random: adapters.random,
    },
    corsOrigins: origins.cors,
    trustedOrigins: origins.trusted,
    ide: development,
    servesApp: config.server.servesApp,
    devMailbox: buildDevMailboxOptions(config, services),
    publicJwks: () => keys.current().publicJwks,
    discovery: buildDiscoveryOptions(config, issuer),
    tokenEndpoints: buildTokenEndpointOptions(config, services),
    trustProxy: config.transport.trustProxy,
    requireHttps: config.transport.requireHttps,
    tls: config.transport.tls,
    maxInFlight: config.load.maxInFlight,
    maxLoopUtilization: config.load.maxLoopUtilization,
    deadlineMs: config.load.requestSeconds * 1000,
    cookies: config.session.transport === 'cookie',
    readiness: createReadinessChecks(config, adapters, services),
    sockets: {
      ...shared,
      schema,
      operations: allowList,
      watch: (caller, givenUp) => services.sessionWatch.watch(caller, givenUp),
      formatError: (error, language, requestLog) =>
        formatError(error.toJSON(), error.originalError ?? error, language, requestLog),
      origins: origins.cors,
      limits: config.load.sockets,
      trustProxy: config.transport.trustProxy,
      log,
    },
  }
}

/** Origins that can call the API and open a socket, and those that can act with cookies. */
function buildOrigins(
  { transport: { corsOrigins: configured }, server: { publicUrl } }: Config,
  development: boolean,
) {
  const own = publicUrl === null ? [] : [new URL(publicUrl).origin]
  const listed = [...configured, ...own]
  return {
    cors: trustOrigins(development ? [...listed, STUDIO] : listed, development),
    trusted: trustOrigins(listed, development),
  }
}

function buildDevMailboxOptions(
  { development: { mailbox } }: Config,
  { devMailbox }: Services,
): HttpOptions['devMailbox'] {
  if (mailbox === 'off') return null
  return { latest: (count) => devMailbox.latest(count), allowRemote: mailbox === 'anyone' }
}

/**
 * Null without a public URL: RFC 8414 §3.3 makes clients reject an issuer other than the URL that they
 * requested.
 */
function buildDiscoveryOptions(config: Config, issuer: string): HttpOptions['discovery'] {
  if (config.server.publicUrl === null) return null
  return {
    publicUrl: config.server.publicUrl,
    issuer,
    algorithm: config.token.keys.algorithm,
    scopes: [...new Set(Object.values(config.session.roleScopes).flat())],
    tokenEndpoints: config.token.introspectionClients.length > 0,
  }
}

function buildTokenEndpointOptions(
  config: Config,
  { introspection }: Services,
): HttpOptions['tokenEndpoints'] {
  if (config.token.introspectionClients.length === 0) return null
  return {
    isClient: (id, secret) => introspection.isClient(id, secret),
    introspect: (token) => introspection.introspect(token),
    revoke: (token, client, clientId) => introspection.revoke(token, client, clientId),
  }
}
