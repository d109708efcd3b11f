import { createAuditEvents } from '../adapters/database/audit-events.ts'
import { openDatabase } from '../adapters/database/open-database.ts'
import { createOutbox } from '../adapters/database/outbox.ts'
import { createPosts } from '../adapters/database/posts.ts'
import { createSecondFactors } from '../adapters/database/second-factors.ts'
import { createSessions } from '../adapters/database/sessions.ts'
import { createSigningKeys } from '../adapters/database/signing-keys.ts'
import { createUsers } from '../adapters/database/users.ts'
import { loadOrCreateMasterSecret } from '../adapters/secrets/secret-files.ts'
import { openMailTransport } from '../adapters/mailer/index.ts'
import { createDevMailboxReader } from '../adapters/dev-mailbox/dev-mailbox-reader.ts'
import { createDevMailboxWriter, type DevMailboxWriter } from '../adapters/dev-mailbox/dev-mailbox-writer.ts'
import { createFailOver } from '../adapters/messages/fail-over.ts'
import { createMetrics } from '../adapters/metrics/prometheus.ts'
import { createPasswordHashing } from '../adapters/passwords/argon2-hasher.ts'
import { openPubSub } from '../adapters/pub-sub/index.ts'
import { openSmsTransport } from '../adapters/sms/index.ts'
import { openStateStore } from '../adapters/state-store/index.ts'
import type { Config } from '../config/config.ts'
import { systemRandom, type Random } from '../core/secrets.ts'
import type { AuditEvents } from '../ports/audit-events.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { MailMessage } from '../ports/mailer.ts'
import type { MessageSenders } from '../ports/message-senders.ts'
import type { MessageTransport } from '../ports/message-transport.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { DevMailbox } from '../ports/dev-mailbox.ts'
import type { Outbox } from '../ports/outbox.ts'
import type { PasswordHashing } from '../ports/password-hasher.ts'
import type { Posts } from '../ports/posts.ts'
import type { SecondFactors } from '../ports/second-factors.ts'
import type { Sessions } from '../ports/sessions.ts'
import type { PubSub } from '../ports/pub-sub.ts'
import type { SigningKeys } from '../ports/signing-keys.ts'
import type { SmsMessage } from '../ports/sms.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { Users } from '../ports/users.ts'

/** What a test may put in the place of the real thing. */
export interface Overrides {
  readonly now?: Clock
  readonly random?: Random
  readonly store?: StateStore
  /** Instead of the ways for messages that the settings name. */
  readonly mailTransports?: readonly MessageTransport<MailMessage>[]
  readonly smsTransports?: readonly MessageTransport<SmsMessage>[]
  /** Where the development mailbox shows its messages; standard output when left out, nowhere for null. */
  readonly show?: ((text: string) => void) | null
}

/** Every port with the adapter that the settings name, and the sources of time, randomness and secrets. */
export interface Adapters {
  readonly now: Clock
  readonly random: Random
  readonly log: Logger
  /** Secrets that every other key is derived from: the first is used, the others are accepted. */
  readonly masters: readonly [Buffer, ...Buffer[]]
  readonly signingKeys: SigningKeys
  readonly users: Users
  readonly sessions: Sessions
  readonly secondFactors: SecondFactors
  readonly posts: Posts
  readonly passwordHashing: PasswordHashing
  readonly auditEvents: AuditEvents
  readonly store: StateStore
  readonly pubSub: PubSub
  readonly outbox: Outbox
  /** The sender of messages of each channel. */
  readonly senders: MessageSenders
  /** What the development mailbox has written. */
  readonly devMailbox: DevMailbox
  readonly metrics: Metrics
  /** Resolves when the database answers. */
  pingDatabase(): Promise<void>
  /** Closes all of them, in the reverse of the order they were opened in. */
  close(): Promise<void>
}

/**
 * Of the requests at work, those that may hash passwords or wait for it: a flood of them leaves room for the
 * others.
 */
const PASSWORD_SHARE = 1 / 4

/** Opens everything outside the process that the settings name. */
export async function openAdapters(config: Config, log: Logger, overrides: Overrides): Promise<Adapters> {
  const now = overrides.now ?? Date.now
  const random = overrides.random ?? systemRandom
  const master = config.token.masterSecret ?? (await loadOrCreateMasterSecret(config.server.dataDir))
  const database = await openDatabase(config.store.databaseUrl, { log, random })
  const store =
    overrides.store ??
    (await openStateStore(config.store.stateStore, { database, now, log, random }).catch(
      async (error: unknown) => {
        await database.close()
        throw error
      },
    ))
  const pubSub = openPubSub(config.store, random)
  const metrics = createMetrics({ ofProcess: config.metrics !== null })
  const senders = openSenders(config, { now, metrics, log }, overrides)
  const maxRequests = Math.ceil(config.load.maxInFlight * PASSWORD_SHARE)
  const passwordHashing = createPasswordHashing({ ...config.password.hashing, maxRequests }, random)
  return {
    now,
    log,
    masters: [Buffer.from(master), ...config.token.masterSecretsAccepted.map((text) => Buffer.from(text))],
    signingKeys: createSigningKeys(database),
    store,
    pubSub,
    devMailbox: createDevMailboxReader(`${config.server.dataDir}/outbox`),
    metrics,
    senders,
    outbox: createOutbox(database),
    random,
    passwordHashing,
    users: createUsers(database),
    sessions: createSessions(database),
    secondFactors: createSecondFactors(database),
    posts: createPosts(database),
    auditEvents: createAuditEvents(database),
    pingDatabase: () => database.ping(),
    async close() {
      await passwordHashing.close()
      for (const sender of Object.values(senders)) await sender.close()
      await pubSub.close()
      await store.close()
      await database.close()
    },
  }
}

/** The sender of each channel, over the transports that the settings name. */
function openSenders(
  config: Config,
  { now, metrics, log }: { readonly now: Clock; readonly metrics: Metrics; readonly log: Logger },
  overrides: Overrides,
): MessageSenders {
  const devMailbox = openDevMailbox(config, now, overrides.show)
  const { mail, sms } = config.messages
  const mailTransports =
    overrides.mailTransports ?? mail.map((one) => openMailTransport(one, devMailbox, now))
  const smsTransports = overrides.smsTransports ?? sms.map((one) => openSmsTransport(one, devMailbox, now))
  return {
    EMAIL: createFailOver({ channel: 'EMAIL', transports: mailTransports, metrics, log }),
    SMS: createFailOver({ channel: 'SMS', transports: smsTransports, metrics, log }),
  }
}

/** The file in every environment; the console too, unless it is production: messages hold live codes. */
function openDevMailbox(config: Config, now: Clock, show: Overrides['show']): DevMailboxWriter {
  const console = show === undefined ? (text: string) => void process.stdout.write(text) : show
  const shown = config.server.environment === 'production' ? null : console
  return createDevMailboxWriter({ folder: `${config.server.dataDir}/outbox`, now, show: shown })
}
