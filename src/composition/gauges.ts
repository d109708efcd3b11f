import { readPackageVersion } from '../adapters/metrics/package-version.ts'
import type { Config } from '../config/config.ts'
import { DAY_MS, MINUTE_MS } from '../core/duration.ts'
import type { KeyRing } from '../features/keys/key-ring.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Adapters } from './adapters.ts'

/** How long a count of sessions is used: it reads every row of a table. */
const SESSIONS_READ_MS = MINUTE_MS

type GaugeAdapters = Pick<Adapters, 'outbox' | 'sessions' | 'store' | 'pingDatabase' | 'now'>

/** Adds the gauges that are read from adapters at each scrape. `ring`: null if the settings have the keys. */
export function addGauges(
  metrics: Metrics,
  config: Config,
  adapters: GaugeAdapters,
  ring: KeyRing | null,
): void {
  const { outbox, sessions, store, now } = adapters
  const database = config.database.url.startsWith('file:') ? 'sqlite' : 'postgresql'
  const build = {
    version: readPackageVersion(),
    database,
    state_store: config.store.stateStore.kind,
  } as const
  metrics.gauge('gateway_build_info', build, () => 1)
  metrics.gauge('gateway_database_up', {}, () => isUp(adapters.pingDatabase()))
  metrics.gauge('gateway_state_store_up', {}, () => isUp(store.ping()))
  const readBacklog = shareFor(0, () => outbox.readBacklog())
  metrics.gauge('gateway_messages_waiting', {}, async () => (await readBacklog()).messages)
  metrics.gauge('gateway_oldest_message_age_seconds', {}, async () => {
    const { oldestAt } = await readBacklog()
    return oldestAt === null ? 0 : toSecondsSince(oldestAt, now())
  })
  const countSessions = shareFor(SESSIONS_READ_MS, () => sessions.countActive(new Date(now())))
  metrics.gauge('gateway_active_sessions', {}, countSessions)
  if (ring) addKeyGauges(metrics, config, ring, now)
}

function addKeyGauges(metrics: Metrics, config: Config, ring: KeyRing, now: () => number): void {
  const { keys } = config.token
  const rotationDays = keys.kind === 'managed' ? keys.rotationDays : 0
  metrics.gauge('gateway_signing_key_rotation_seconds', {}, () => (rotationDays * DAY_MS) / 1000)
  metrics.gauge('gateway_signing_key_age_seconds', {}, () => {
    const signing = ring.list().find(({ state }) => state === 'signing')
    if (!signing) throw new Error('there is no signing key')
    return toSecondsSince(signing.signsFrom, now())
  })
}

/** 1 when the ping is answered, 0 when it fails. */
function isUp(ping: Promise<void>): Promise<number> {
  return ping.then(
    () => 1,
    () => 0,
  )
}

/** Clocks of nodes differ, and an age is not negative. */
function toSecondsSince(time: Date, now: number): number {
  return Math.max(0, now - time.getTime()) / 1000
}

/** Shares one result, or one failure, among the calls while it is pending and for `ms` afterwards. */
function shareFor<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | null = null
  let usedUntil = Infinity
  return () => {
    if (shared && performance.now() < usedUntil) return shared
    usedUntil = Infinity
    shared = work().finally(() => (usedUntil = performance.now() + ms))
    return shared
  }
}
