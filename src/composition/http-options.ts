import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled'
import type { FastifyBaseLogger } from 'fastify'
import type { GraphQLSchema } from 'graphql'
import { migrationStatus } from '../adapters/database/migrations.ts'
import type { Adapters } from './adapters.ts'
import type { Config } from '../config/config.ts'
import type { Language } from '../core/languages.ts'
import { withDocument, type OperationManifest } from '../core/operation-manifest.ts'
import { trustOrigins } from '../core/origins.ts'
import { newId } from '../core/secrets.ts'
import type { KeySource } from '../core/token-keys.ts'
import { DEVELOPMENT_ACCESS, FIELD_ACCESS } from '../graphql/schema/access.ts'
import type { Context } from '../graphql/context.ts'
import { documentSources, type DocumentSources } from '../graphql/documents/document-sources.ts'
import { createErrorLanguages } from '../graphql/plugins/error-languages.ts'
import { createErrorFormatter, type FormatError } from '../graphql/errors.ts'
import { GUARD_RULES, PARSE_OPTIONS, guardPlugin } from '../graphql/guards/guards.ts'
import { createFieldLimits } from '../graphql/guards/rate-limit.ts'
import { httpResponsePlugin } from '../graphql/plugins/http-response.ts'
import { refusalAuditPlugin } from '../graphql/plugins/refusal-audit.ts'
import { createSchema } from '../graphql/schema/schema.ts'
import type { ReadinessCheck } from '../http/health.ts'
import type { HttpOptions } from '../http/server.ts'
import { VERIFY_EMAIL_DOCUMENT } from '../http/verify-email-page.ts'
import type { Services } from './services.ts'

/** The parts that HTTP is put together from. */
export interface HttpParts {
  readonly config: Config
  readonly adapters: Adapters
  readonly services: Services
  readonly keys: KeySource
  /** `iss` of access tokens. */
  readonly issuer: string
  readonly log: FastifyBaseLogger
}

/** Apollo Sandbox's page; it may call a development server from the browser. */
const STUDIO = 'https://studio.apollographql.com'

/** What HTTP speaks for: the schema, who calls, what other services may ask. */
export function httpOptions(parts: HttpParts): HttpOptions {
  const { config, adapters, services, keys, issuer, log } = parts
  const development = config.server.environment !== 'production'
  const makeId = () => newId(adapters.random)
  const { devMailbox } = services
  const schema = createSchema(services.resolvers, devMailbox ? DEVELOPMENT_ACCESS : FIELD_ACCESS)
  const formatError = createErrorFormatter(log, makeId, development)
  const identify: HttpOptions['identify'] = (credentials, client) =>
    services.callers.identify(credentials, client)
  const newFieldLimits = () => createFieldLimits((rule, subject) => services.limits.reserve(rule, subject))
  const corsOrigins = development ? [...config.transport.corsOrigins, STUDIO] : config.transport.corsOrigins
  const own = config.server.publicUrl === null ? [] : [new URL(config.server.publicUrl).origin]
  return {
    apollo: createApollo({
      schema,
      formatError,
      language: config.branding.language,
      log,
      development,
      audit: services.audit,
      documents: documentsOf(config, adapters),
    }),
    log,
    language: config.branding.language,
    identify,
    corsOrigins,
    newId: makeId,
    newFieldLimits,
    ide: development,
    devMailbox: devMailbox && {
      latest: (count) => devMailbox.latest(count),
      forAnyone: config.development.mailbox === 'anyone',
    },
    publicJwks: () => keys.current().publicJwks,
    discovery: discoveryOf(config, issuer),
    tokenEndpoints: tokenEndpointsOf(config, services),
    trustProxy: config.transport.trustProxy,
    requireHttps: config.transport.requireHttps,
    tls: config.transport.tls,
    maxInFlight: config.load.maxInFlight,
    maxLoopUtilization: config.load.maxLoopUtilization,
    deadlineMs: config.load.requestSeconds * 1000,
    cookies: config.session.transport === 'cookie',
    trustedOrigins: trustOrigins([...config.transport.corsOrigins, ...own], development),
    readiness: readinessOf(config, adapters, services),
    sockets: {
      schema,
      identify,
      newId: makeId,
      newFieldLimits,
      operations: operationsOf(config),
      watch: (caller, givenUp) => services.sessionWatch.watch(caller, givenUp),
      language: config.branding.language,
      formatError: (error, language) => formatError(error.toJSON(), error, language),
      origins: trustOrigins([...corsOrigins, ...own], development),
    },
  }
}

function createApollo({
  schema,
  formatError,
  language,
  log,
  development,
  audit,
  documents,
}: {
  readonly schema: GraphQLSchema
  readonly formatError: FormatError
  readonly language: Language
  readonly log: FastifyBaseLogger
  readonly development: boolean
  readonly audit: Services['audit']
  readonly documents: DocumentSources
}): ApolloServer<Context> {
  const languages = createErrorLanguages()
  return new ApolloServer<Context>({
    schema,
    formatError: (formatted, error) => formatError(formatted, error, languages.languageOf(error) ?? language),
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !development,
    introspection: development,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: documents.persistedQueries,
    parseOptions: PARSE_OPTIONS,
    validationRules: [...GUARD_RULES],
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      ...documents.plugins,
      languages.plugin,
      guardPlugin(),
      httpResponsePlugin(),
      refusalAuditPlugin((refusal) => audit.refused(refusal)),
      ApolloServerPluginLandingPageDisabled(),
      // Nothing of ours may be kept by anybody; the plugin would look at every field to find that out.
      ApolloServerPluginCacheControlDisabled(),
    ],
  })
}

function documentsOf(config: Config, { store }: Adapters): DocumentSources {
  return documentSources({ manifest: operationsOf(config), remember: config.server.persistedQueries, store })
}

/** What the gateway's own page asks is listed too. */
function operationsOf({ server: { persistedOperations } }: Config): OperationManifest | null {
  return persistedOperations && withDocument(persistedOperations, VERIFY_EMAIL_DOCUMENT)
}

/** None without a public address: RFC 8414 §3.3 has clients refuse an issuer that is not the address they asked. */
function discoveryOf(config: Config, issuer: string): HttpOptions['discovery'] {
  if (config.server.publicUrl === null) return null
  return {
    publicUrl: config.server.publicUrl,
    issuer,
    algorithm: config.token.keys.algorithm,
    scopes: [...new Set(Object.values(config.session.roleScopes).flat())],
    tokenEndpoints: config.token.introspectionClients.length > 0,
  }
}

function tokenEndpointsOf(config: Config, { introspection }: Services): HttpOptions['tokenEndpoints'] {
  if (config.token.introspectionClients.length === 0) return null
  return {
    isClient: (id, secret) => introspection.isClient(id, secret),
    introspect: (token) => introspection.introspect(token),
    revoke: (token, client, clientId) => introspection.revoke(token, client, clientId),
  }
}

function readinessOf(config: Config, adapters: Adapters, { accessTokens }: Services): ReadinessCheck[] {
  return [
    { name: 'database', check: () => adapters.pingDatabase() },
    { name: 'stateStore', check: () => adapters.store.ping() },
    { name: 'migrations', check: once(() => migrationsStand(config.store.databaseUrl, adapters.now)) },
    { name: 'keys', check: async () => void (await accessTokens.sign(PROBE)) },
  ]
}

/** Signed to see that the key works; the token is thrown away. */
const PROBE = { userId: 'probe', sessionId: 'probe', tokenId: 'probe', scope: '' }

async function migrationsStand(url: string, now: Adapters['now']): Promise<void> {
  const { pending } = await migrationStatus({ url, now })
  if (pending.length > 0) throw new Error('migrations are pending')
}

/** Asks until it holds, then no more: what was migrated stays migrated while this version runs. */
function once(check: () => Promise<void>): () => Promise<void> {
  let held = false
  return async () => {
    if (!held) await check()
    held = true
  }
}
