import {
  checkStateStore,
  openSessionReader,
  openStateStore,
  type StateStoreDependencies,
} from '../adapters/state-store/index.ts'
import { measureStateStore } from '../adapters/state-store/measured-store.ts'
import type { Config } from '../config/config.ts'
import { ConfigError } from '../config/load-config.ts'
import { ACCOUNT_GENERATION_PREFIX } from '../features/caching/generations.ts'
import { SESSION_KEY_PREFIXES } from '../features/sessions/session-record-keys.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { SessionReader } from '../ports/session-reader.ts'
import type { StateStore } from '../ports/state-store.ts'
import type { Tracing } from '../ports/tracing.ts'
import { traceStateStore } from './traced-ports.ts'

/** The state store and what reads session records from it. */
export interface Stores {
  readonly store: StateStore
  readonly sessionReader: SessionReader
}

/** The state store, or the one of a test, and the reader of its session records. */
export async function openStores(
  { store: { stateStore }, cache }: Config,
  deps: StateStoreDependencies & { readonly metrics: Metrics; readonly tracing: Tracing },
  overrides: { readonly store?: StateStore },
): Promise<Stores> {
  if (!overrides.store) await requireUsableStore(stateStore, deps)
  const opened = measureStateStore(overrides.store ?? (await openStateStore(stateStore, deps)), deps.metrics)
  const system = stateStore.kind === 'database' ? deps.database.dialect : stateStore.kind
  const store = traceStateStore(opened, overrides.store ? 'custom' : system, deps.tracing)
  const ttlMs = overrides.store ? 0 : cache.localSessionMs
  const { log, random } = deps
  const prefixes = [...SESSION_KEY_PREFIXES, ...(cache.accounts ? [ACCOUNT_GENERATION_PREFIX] : [])]
  const tracking = { store, prefixes, ttlMs, log, random }
  return { store, sessionReader: openSessionReader(stateStore, tracking) }
}

/**
 * Logs what the check of the state store has found. Throws a `ConfigError` where it must not be used, such as
 * for wrong passwords and missing rights.
 */
async function requireUsableStore(
  config: Config['store']['stateStore'],
  { log, random }: Pick<StateStoreDependencies, 'log' | 'random'>,
): Promise<void> {
  const findings = await checkStateStore(config, { random })
  const refusals = findings.filter(({ severity }) => severity === 'refusal')
  if (refusals.length > 0) throw new ConfigError(refusals.map(({ problem }) => problem))
  for (const { severity, event, problem } of findings)
    if (severity === 'warning') log.warn({ event }, problem)
    else log.info({ event }, problem)
}
