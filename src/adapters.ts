import { createAuditEvents } from './adapters/database/audit-events.ts'
import { openDatabase } from './adapters/database/open-database.ts'
import { createPosts } from './adapters/database/posts.ts'
import { createSecondFactors } from './adapters/database/second-factors.ts'
import { createSessions } from './adapters/database/sessions.ts'
import { createSigningKeys } from './adapters/database/signing-keys.ts'
import { createUsers } from './adapters/database/users.ts'
import { keptMasterSecret } from './adapters/kept-secrets.ts'
import { createOutbox } from './adapters/mailer/outbox.ts'
import { openSignals } from './adapters/signals/index.ts'
import { openStateStore } from './adapters/state-store/index.ts'
import type { Config } from './config.ts'
import { systemRandom, type Random } from './core/secrets.ts'
import type { AuditEvents } from './ports/audit-events.ts'
import type { Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import type { Mailer } from './ports/mailer.ts'
import type { Posts } from './ports/posts.ts'
import type { SecondFactors } from './ports/second-factors.ts'
import type { Sessions } from './ports/sessions.ts'
import type { Signals } from './ports/signals.ts'
import type { SigningKeys } from './ports/signing-keys.ts'
import type { StateStore } from './ports/state-store.ts'
import type { Users } from './ports/users.ts'

/** What a test may put in the place of the real thing. */
export interface Overrides {
  readonly now?: Clock
  readonly random?: Random
  readonly store?: StateStore
  readonly mailer?: Mailer
  /** Where the development outbox shows its messages; standard output when left out, nowhere for null. */
  readonly show?: ((text: string) => void) | null
}

/** Every port with the adapter that the settings name, and the sources of time, randomness and secrets. */
export interface Adapters {
  readonly now: Clock
  readonly random: Random
  readonly log: Log
  /** Secrets that every other key is derived from: the first is used, the others are accepted. */
  readonly masters: readonly [Buffer, ...Buffer[]]
  readonly signingKeys: SigningKeys
  readonly users: Users
  readonly sessions: Sessions
  readonly secondFactors: SecondFactors
  readonly posts: Posts
  readonly auditEvents: AuditEvents
  readonly store: StateStore
  readonly signals: Signals
  readonly mailer: Mailer
  /** Resolves when the database answers. */
  pingDatabase(): Promise<void>
  /** Closes all of them, in the reverse of the order they were opened in. */
  close(): Promise<void>
}

/** Opens everything outside the process that the settings name. */
export async function openAdapters(config: Config, log: Log, overrides: Overrides): Promise<Adapters> {
  const now = overrides.now ?? Date.now
  const master = config.masterSecret ?? (await keptMasterSecret(config.dataDir))
  const database = await openDatabase(config.databaseUrl, log)
  const store = overrides.store ?? (await openStateStore(config.stateStore, { database, now, log }))
  const signals = openSignals(config)
  const mailer = overrides.mailer ?? outboxOf(config, now, overrides.show)
  return {
    now,
    log,
    masters: [Buffer.from(master), ...config.masterSecretsAccepted.map((text) => Buffer.from(text))],
    signingKeys: createSigningKeys(database),
    store,
    signals,
    mailer,
    random: overrides.random ?? systemRandom,
    users: createUsers(database),
    sessions: createSessions(database),
    secondFactors: createSecondFactors(database),
    posts: createPosts(database),
    auditEvents: createAuditEvents(database),
    pingDatabase: () => database.ping(),
    async close() {
      await mailer.close()
      await signals.close()
      await store.close()
      await database.close()
    },
  }
}

/** The file in every environment; the console too, unless it is production: messages hold live codes. */
function outboxOf(config: Config, now: Clock, show: Overrides['show']): Mailer {
  const console = show === undefined ? (text: string) => void process.stdout.write(text) : show
  const shown = config.environment === 'production' ? null : console
  return createOutbox({ folder: `${config.dataDir}/outbox`, now, show: shown })
}
