import { createApiKeys } from '../adapters/database/api-keys.ts'
import { createAuditEvents } from '../adapters/database/audit-events.ts'
import { createExpiredRows } from '../adapters/database/expired-rows.ts'
import { openDatabaseClock, type DatabaseClock } from '../adapters/database/database-clock.ts'
import type { Database } from '../adapters/database/database.ts'
import { openDatabase, type DatabaseOptions } from '../adapters/database/open-database.ts'
import { openReadReplica, readPosition } from '../adapters/database/read-replica.ts'
import { createOutbox } from '../adapters/database/outbox.ts'
import { createSigningKeys } from '../adapters/database/signing-keys.ts'
import { loadOrCreateMasterSecret } from '../adapters/secrets/secret-files.ts'
import { createMarkdownRenderer } from '../adapters/markdown/markdown-renderer.ts'
import { createDevMailboxReader } from '../adapters/dev-mailbox/dev-mailbox-reader.ts'
import { createMetrics } from '../adapters/metrics/prometheus.ts'
import { createPasswordHashing } from '../adapters/passwords/argon2-hasher.ts'
import { createNoTracing } from '../adapters/tracing/no-tracing.ts'
import { openPubSub } from '../adapters/pub-sub/index.ts'
import type { Config } from '../config/config.ts'
import { POST_BOUNDS } from '../core/markdown-bounds.ts'
import { systemRandom, type Random } from '../core/secrets.ts'
import { Generations } from '../features/caching/generations.ts'
import type { ApiKeys } from '../ports/api-keys.ts'
import type { AuditEvents } from '../ports/audit-events.ts'
import type { Clock } from '../ports/clock.ts'
import type { ExpiredRows } from '../ports/expired-rows.ts'
import type { Logger } from '../ports/logger.ts'
import type { MailMessage } from '../ports/mailer.ts'
import type { MarkdownRenderer } from '../ports/markdown.ts'
import type { MessageSenders } from '../ports/message-senders.ts'
import type { MessageTransport } from '../ports/message-transport.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { DevMailbox } from '../ports/dev-mailbox.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { PasswordHashing } from '../ports/password-hasher.ts'
import type { PubSub } from '../ports/pub-sub.ts'
import type { SharedHashing } from '../ports/shared-hashing.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import type { SmsMessage } from '../ports/sms.ts'
import type { SessionReader } from '../ports/session-reader.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { Tracing } from '../ports/tracing.ts'
import { openSenders } from './senders.ts'
import { openStores } from './stores.ts'
import { createRepositoryTracer, tracePasswordHashing, type TraceRepository } from './traced-ports.ts'
import { createTrackedPorts, type TrackedPorts } from './tracked-ports.ts'

/** Adapters that an embedding program or a test provides instead of those that the settings name. */
export interface Overrides {
  readonly now?: Clock
  readonly random?: Random
  readonly store?: StateStore
  /** Replace the transports that the settings name. */
  readonly mailTransports?: readonly MessageTransport<MailMessage>[]
  readonly smsTransports?: readonly MessageTransport<SmsMessage>[]
  /** Prints the messages of the development mailbox; default: to standard output. Null prints none. */
  readonly show?: ((text: string) => void) | null
  /** Records spans: see `createTracing`. Default: exports them as the settings say. */
  readonly tracing?: Tracing
  /** Shares the capacity of password hashing with other processes of the machine. */
  readonly sharedHashing?: SharedHashing
}

/** The adapter of each port, as the settings name it, and the sources of time, randomness and secrets. */
export interface Adapters extends TrackedPorts {
  readonly now: Clock
  readonly random: Random
  readonly log: Logger
  /** Master secrets. Keys for new values are derived from the first; values of the others are accepted. */
  readonly masters: readonly [Buffer, ...Buffer[]]
  readonly signingKeys: SigningKeys
  readonly passwordHashing: PasswordHashing
  /** Renders the contents of posts. */
  readonly markdown: MarkdownRenderer
  readonly apiKeys: ApiKeys
  readonly auditEvents: AuditEvents
  readonly expiredRows: ExpiredRows
  readonly store: StateStore
  readonly sessionReader: SessionReader
  readonly generations: Generations
  readonly pubSub: PubSub
  readonly outbox: Outbox
  /** The sender of messages of each channel. */
  readonly senders: MessageSenders
  /** Reads the messages that the development mailbox has written. */
  readonly devMailbox: DevMailbox
  readonly metrics: Metrics
  readonly tracing: Tracing
  /** Resolves when the database responds; rejects when it is unavailable. */
  pingDatabase(): Promise<void>
  /** Closes every adapter, in the reverse of the order of opening. */
  close(): Promise<void>
}

/**
 * The share of concurrent requests that may hash passwords or wait for it, so that a flood of sign-ins leaves
 * capacity for other requests.
 */
const PASSWORD_SHARE = 1 / 4
/** Bytes of rendered posts that a process remembers: 160 of the largest, or 10,000 of 800 characters. */
const REMEMBERED_HTML_BYTES = 32 * 1024 * 1024

/** Opens the adapters that the settings name. */
export async function openAdapters(config: Config, log: Logger, overrides: Overrides): Promise<Adapters> {
  const random = overrides.random ?? systemRandom
  const master = config.token.masterSecret ?? (await loadOrCreateMasterSecret(config.server.dataDir))
  const metrics = createMetrics({ ofProcess: config.metrics !== null })
  const databases = await openDatabases(config, { log, random, metrics }, overrides.now)
  const { database, replica, now } = databases
  const tracing = overrides.tracing ?? (await openTracing(config, { log, random }))
  const trace = createRepositoryTracer(database.dialect, tracing)
  const stores = await openStores(config, { database, now, log, random, metrics, tracing }, overrides).catch(
    async (error: unknown) => {
      await databases.close()
      throw error
    },
  )
  const { store, sessionReader } = stores
  const readPositionOfLog = replica ? () => readPosition(database) : undefined
  const generations = new Generations({ store, random, log, readPosition: readPositionOfLog })
  const pubSub = openPubSub(config, { random, log })
  const senders = openSenders(config, { now, metrics, log, tracing }, overrides)
  const maxRequests = Math.ceil(config.load.maxInFlight * PASSWORD_SHARE)
  const shared = overrides.sharedHashing && { shared: overrides.sharedHashing }
  const passwordHashing = createPasswordHashing(
    { ...config.password.hashing, maxRequests, ...shared },
    random,
  )
  const markdown = createMarkdownRenderer({ bounds: POST_BOUNDS, rememberedBytes: REMEMBERED_HTML_BYTES })
  return {
    now,
    log,
    masters: [Buffer.from(master), ...config.token.masterSecretsAccepted.map((text) => Buffer.from(text))],
    ...stores,
    pubSub,
    devMailbox: createDevMailboxReader(`${config.server.dataDir}/outbox`),
    metrics,
    tracing,
    senders,
    random,
    passwordHashing: tracePasswordHashing(passwordHashing, tracing),
    markdown,
    generations,
    ...createTrackedPorts({ database, replica, trace }, generations),
    ...createUntrackedPorts(database, trace),
    pingDatabase: () => database.ping(),
    async close() {
      await passwordHashing.close()
      await markdown.close()
      for (const sender of Object.values(senders)) await sender.close()
      await pubSub.close()
      await sessionReader.close()
      await store.close()
      await databases.close()
      // Last: closing the others can end spans.
      await tracing.close()
    },
  }
}

/** The ports to data that is not cached. */
function createUntrackedPorts(database: Database, trace: TraceRepository) {
  return {
    signingKeys: trace('signingKeys', createSigningKeys(database)),
    outbox: trace('outbox', createOutbox(database)),
    apiKeys: trace('apiKeys', createApiKeys(database)),
    auditEvents: trace('auditEvents', createAuditEvents(database)),
    expiredRows: trace('expiredRows', createExpiredRows(database)),
  }
}

/** The SDK is loaded only where traces are exported: a start without it takes less time and memory. */
async function openTracing(
  { tracing }: Config,
  deps: { readonly log: Logger; readonly random: Random },
): Promise<Tracing> {
  if (tracing === null) return createNoTracing()
  const { openOtlpTracing } = await import('../adapters/tracing/otlp.ts')
  return openOtlpTracing(tracing, deps)
}

/** The database, its replica if there is one, and the clock of its server. */
async function openDatabases(
  { database: { url, replicaUrl, postgresql } }: Config,
  deps: DatabaseOptions & { readonly metrics: Metrics },
  override: Clock | undefined,
) {
  const options = { ...deps, postgresql }
  const database = await openDatabase(url, options)
  const replica = replicaUrl === null ? null : await openReadReplica(replicaUrl, options)
  const clock = await openClock(database, deps.log, override)
  return {
    database,
    replica,
    now: clock.now,
    async close(): Promise<void> {
      clock.close()
      await replica?.close()
      await database.close()
    },
  }
}

/** The clock that all nodes share, or the one of a test. */
async function openClock(
  database: Database,
  log: Logger,
  override: Clock | undefined,
): Promise<DatabaseClock> {
  return override === undefined
    ? openDatabaseClock(database, { log, local: Date.now })
    : { now: override, close: () => undefined }
}
