import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { FastifyBaseLogger } from 'fastify'
import { migrationStatus } from './adapters/database/migrations.ts'
import { openAdapters, type Adapters, type Overrides } from './adapters.ts'
import type { Config } from './config.ts'
import { newId } from './core/secrets.ts'
import type { AccountAdministration } from './features/accounts/account-administration.ts'
import type { KeyRing } from './features/keys/key-ring.ts'
import type { Context } from './graphql/context.ts'
import { createErrorFormatter } from './graphql/errors.ts'
import { httpAnswerPlugin } from './graphql/http-answer.ts'
import { createSchema } from './graphql/schema.ts'
import type { ReadinessCheck } from './http/health.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import { createServices, type Services } from './services.ts'
import { openSigning } from './signing.ts'

/** The running parts of one gateway. */
export interface App {
  readonly http: HttpServer
  readonly administration: AccountAdministration
  /** The signing keys that the gateway keeps; null where the settings give them. */
  readonly keyRing: KeyRing | null
  /** Lets requests in flight finish, hands over what messages are under way, and closes every store; calling it twice is fine. */
  close(): Promise<void>
}

/** The same on every node, whatever address each listens on. */
const DEFAULT_ISSUER = 'graphql-auth-gateway'

/** Apollo Sandbox's page; it may call a development server from the browser. */
const STUDIO = 'https://studio.apollographql.com'

/** Puts the parts together: adapters, services on them, a schema, a server. The database must have been migrated. */
export async function createApp(
  config: Config,
  log: FastifyBaseLogger,
  overrides: Overrides = {},
): Promise<App> {
  const development = config.environment !== 'production'
  const adapters = await openAdapters(config, log, overrides)
  const issuer = config.token.issuer ?? config.publicUrl ?? DEFAULT_ISSUER
  const signing = await openSigning(config, adapters)
  const services = createServices(config, adapters, { issuer, keys: signing.source })
  const makeId = () => newId(adapters.random)
  const http = await createHttpServer({
    apollo: createApollo(services.resolvers, log, makeId, development),
    log,
    ide: development,
    identify: (credentials, client) => services.callers.identify(credentials, client),
    newId: makeId,
    publicJwks: () => signing.source.current().publicJwks,
    trustProxy: config.trustProxy,
    corsOrigins: development ? [...config.corsOrigins, STUDIO] : config.corsOrigins,
    readiness: readinessOf(config, adapters, services),
  })

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await http.app.close()
    await services.notices.settled()
    signing.close()
    await adapters.close()
  }
  return {
    http,
    administration: services.administration,
    keyRing: signing.ring,
    close: () => (closing ??= close()),
  }
}

function createApollo(
  resolvers: readonly object[],
  log: FastifyBaseLogger,
  makeId: () => string,
  development: boolean,
): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema: createSchema(resolvers),
    formatError: createErrorFormatter(log, makeId, development),
    includeStacktraceInErrorResponses: false,
    hideSchemaDetailsFromClientErrors: !development,
    introspection: development,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    persistedQueries: false,
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [httpAnswerPlugin(), ApolloServerPluginLandingPageDisabled()],
  })
}

function readinessOf(config: Config, adapters: Adapters, { accessTokens }: Services): ReadinessCheck[] {
  return [
    { name: 'database', check: () => adapters.pingDatabase() },
    { name: 'stateStore', check: () => adapters.store.ping() },
    { name: 'migrations', check: once(() => migrationsStand(config.databaseUrl, adapters.now)) },
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
