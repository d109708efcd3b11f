import { ApolloServer } from '@apollo/server'
import { ApolloServerPluginLandingPageDisabled } from '@apollo/server/plugin/disabled'
import type { FastifyBaseLogger } from 'fastify'
import { migrationStatus } from './adapters/database/migrations.ts'
import { openDatabase } from './adapters/database/open-database.ts'
import { createPosts } from './adapters/database/posts.ts'
import { createSessions } from './adapters/database/sessions.ts'
import { createUsers } from './adapters/database/users.ts'
import { keptMasterSecret, keptSigningKeys, parseJwks } from './adapters/kept-secrets.ts'
import { createOutbox } from './adapters/mailer/outbox.ts'
import { openStateStore } from './adapters/state-store/index.ts'
import type { Config, KeyConfig } from './config.ts'
import { createAccessTokens } from './core/access-tokens.ts'
import { createPasswords } from './core/passwords.ts'
import { createRefreshTokens } from './core/refresh-tokens.ts'
import { deriveKey, newId, systemRandom, type Random } from './core/secrets.ts'
import { privateKeySet, sharedSecretKeySet, type KeySet } from './core/token-keys.ts'
import { AccountAdministration } from './features/accounts/account-administration.ts'
import { AccountResolver } from './features/accounts/account-resolver.ts'
import { AccountService } from './features/accounts/account-service.ts'
import { OtpSignInService } from './features/accounts/otp-sign-in-service.ts'
import { AuditService } from './features/audit/audit-service.ts'
import { LimitService } from './features/limits/limit-service.ts'
import { NoticeService } from './features/notices/notice-service.ts'
import { OtpService } from './features/otp/otp-service.ts'
import { PostConnectionResolver, PostResolver } from './features/posts/post-resolver.ts'
import { PostService } from './features/posts/post-service.ts'
import { CallerService } from './features/sessions/caller-service.ts'
import { RefreshService } from './features/sessions/refresh-service.ts'
import { SessionIssuer } from './features/sessions/session-issuer.ts'
import { SessionRecords } from './features/sessions/session-records.ts'
import { SessionResolver } from './features/sessions/session-resolver.ts'
import { SessionService } from './features/sessions/session-service.ts'
import type { Context } from './graphql/context.ts'
import { createErrorFormatter } from './graphql/errors.ts'
import { httpAnswerPlugin } from './graphql/http-answer.ts'
import { createSchema } from './graphql/schema.ts'
import { createHttpServer, type HttpServer } from './http/server.ts'
import type { Clock } from './ports/clock.ts'
import type { Mailer } from './ports/mailer.ts'
import type { StateStore } from './ports/state-store.ts'

/** What a test may put in the place of the real thing. */
export interface Overrides {
  readonly now?: Clock
  readonly random?: Random
  readonly store?: StateStore
  readonly mailer?: Mailer
  /** Where the development outbox shows its messages; standard output when left out, nowhere for null. */
  readonly show?: ((text: string) => void) | null
}

/** The running parts of one gateway. */
export interface App {
  readonly http: HttpServer
  readonly apollo: ApolloServer<Context>
  readonly administration: AccountAdministration
  /** Lets requests in flight finish, hands over what messages are under way, and closes every store; calling it twice is fine. */
  close(): Promise<void>
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const STUDIO = 'https://studio.apollographql.com'

/** Puts the parts together: the only place that knows all of them. The database must have been migrated. */
export async function createApp(
  config: Config,
  log: FastifyBaseLogger,
  overrides: Overrides = {},
): Promise<App> {
  const now = overrides.now ?? Date.now
  const random = overrides.random ?? systemRandom
  const development = config.environment !== 'production'
  const master = Buffer.from(config.masterSecret ?? (await keptMasterSecret(config.dataDir)))
  const keys = await keySetOf(config.keys, config.dataDir)
  const issuer = config.token.issuer ?? config.publicUrl ?? `http://${config.host}:${config.port}`
  const lifetime = config.token.minutes * 60

  const database = await openDatabase(config.databaseUrl, log)
  const store = overrides.store ?? (await openStateStore(config.stateStore, { database, now, log }))
  const show =
    overrides.show === undefined ? (text: string) => void process.stdout.write(text) : overrides.show
  const mailer =
    overrides.mailer ??
    createOutbox({ folder: `${config.dataDir}/outbox`, now, show: development ? show : null })
  const users = createUsers(database)
  const sessionRows = createSessions(database)

  const audit = new AuditService(log)
  const notices = new NoticeService({ mailer, log })
  const limits = new LimitService({
    store,
    hashKey: deriveKey(master, 'limits'),
    scale: config.rateLimitScale,
  })
  const otp = new OtpService({
    store,
    limits,
    random,
    now,
    hashKey: deriveKey(master, 'otp'),
    length: config.otp.length,
    lifetimeMs: config.otp.minutes * MINUTE,
  })
  const { leewaySeconds: leeway, audience } = config.token
  const accessTokens = createAccessTokens({ keys, issuer, audience, lifetime, leeway, now })
  const refreshTokens = createRefreshTokens(deriveKey(master, 'refresh'))
  // One minute more than any token can last: the clocks of two nodes are allowed to differ.
  const endedTtlMs = (lifetime + 2 * leeway + 60) * 1000
  const records = new SessionRecords({ store, sessions: sessionRows, now, endedTtlMs })
  const issue = new SessionIssuer({ accessTokens, refreshTokens, random, now })
  const slidingMs = config.session.refreshDays * DAY
  const sessions = new SessionService({
    sessions: sessionRows,
    records,
    issuer: issue,
    audit,
    random,
    now,
    slidingMs,
    absoluteMs: config.session.maxDays * DAY,
  })
  const refresh = new RefreshService({
    sessions: sessionRows,
    users,
    records,
    refreshTokens,
    issuer: issue,
    audit,
    notices,
    now,
    slidingMs,
    graceMs: config.session.graceSeconds * 1000,
  })
  const callers = new CallerService({ accessTokens, records })
  const otpSignIn = new OtpSignInService({ users, otp, sessions, notices, audit })
  const passwords = createPasswords()
  const accounts = new AccountService({
    users,
    passwords,
    sessions,
    otpSignIn,
    limits,
    notices,
    audit,
    random,
    now,
    passwordMinLength: config.passwordMinLength,
  })
  const posts = new PostService({ posts: createPosts(database), random, now })

  const apollo = new ApolloServer<Context>({
    schema: createSchema([
      new AccountResolver(accounts, otpSignIn, config.otp.exposeCode),
      new SessionResolver(sessions, refresh),
      new PostResolver(posts),
      new PostConnectionResolver(posts),
    ]),
    formatError: createErrorFormatter(log, () => newId(random), development),
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
  const http = await createHttpServer({
    apollo,
    log,
    ide: development,
    identify: (credentials, client) => callers.identify(credentials, client),
    newId: () => newId(random),
    publicJwks: keys.publicJwks,
    trustProxy: config.trustProxy,
    corsOrigins: development ? [...config.corsOrigins, STUDIO] : config.corsOrigins,
    readiness: [
      { name: 'database', check: () => database.ping() },
      { name: 'stateStore', check: () => store.ping() },
      { name: 'migrations', check: once(() => migrationsStand(config.databaseUrl, now)) },
      { name: 'keys', check: async () => void (await accessTokens.sign(PROBE)) },
    ],
  })

  let closing: Promise<void> | undefined
  async function close(): Promise<void> {
    await http.app.close()
    await notices.settled()
    await mailer.close()
    await store.close()
    await database.close()
  }
  const administration = new AccountAdministration({ users, records, audit, now })
  return { http, apollo, administration, close: () => (closing ??= close()) }
}

/** Signed to see that the key works; the token is thrown away. */
const PROBE = { userId: 'probe', sessionId: 'probe', tokenId: 'probe', scope: '' }

async function keySetOf(config: KeyConfig, dataDir: string): Promise<KeySet> {
  switch (config.kind) {
    case 'shared':
      return sharedSecretKeySet(config.secret)
    case 'given':
      return privateKeySet(config.algorithm, parseJwks(config.jwks))
    case 'kept':
      return privateKeySet(config.algorithm, await keptSigningKeys(dataDir, config.algorithm))
  }
}

async function migrationsStand(url: string, now: Clock): Promise<void> {
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
