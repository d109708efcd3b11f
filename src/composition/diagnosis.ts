import { diagnoseDatabase } from '../adapters/database/database-diagnosis.ts'
import type { Database } from '../adapters/database/database.ts'
import { openDatabase } from '../adapters/database/open-database.ts'
import type { NtpServer } from '../adapters/ntp/sntp.ts'
import { DeadlineError, withDeadline } from '../adapters/resilience/deadline.ts'
import { checkStateStore, openStateStore } from '../adapters/state-store/index.ts'
import { measureStoreOffset } from '../adapters/state-store/redis-clock.ts'
import type { Config } from '../config/config.ts'
import { SECOND_MS } from '../core/duration.ts'
import { createFindings, type Finding } from '../core/finding.ts'
import { systemRandom } from '../core/secrets.ts'
import type { Logger } from '../ports/logger.ts'
import { diagnoseClocks, diagnoseNtp } from './clock-diagnosis.ts'
import { diagnoseKeys } from './key-diagnosis.ts'
import { diagnoseMessages } from './message-diagnosis.ts'
import { diagnoseTracing } from './tracing-diagnosis.ts'

/** Longest time of the checks of one area, in milliseconds. */
const AREA_TIMEOUT_MS = 10 * SECOND_MS

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  fatal: () => undefined,
}

/**
 * Checks an installation without changing it: what the settings name is connected to, and nothing is sent or
 * written. Every check is bounded in time. Never rejects. `ntp`: the server that the clock of this machine is
 * compared with; null: none.
 */
export async function diagnose(config: Config, ntp: NtpServer | null): Promise<readonly Finding[]> {
  const { database, store } = config
  const listens = !database.url.startsWith('file:') && store.stateStore.kind !== 'redis'
  const options = { instances: database.instances, listens, log: SILENT }
  const found = await Promise.all([
    limit('database', () => diagnoseDatabase(database, options)),
    limit('messages', async () => ({ findings: await diagnoseMessages(config) })),
    limit('traces', async () => ({ findings: await diagnoseTracing(config) })),
    limit('clock', async () => ({ findings: ntp === null ? [] : await diagnoseNtp(ntp) })),
  ])
  const others = found[0].hasTables ? await diagnoseStored(config) : [await limitStore(config, null)]
  return dropRepetitions([...found, ...others].flatMap(({ findings }) => findings))
}

/** Checks that read tables of the database. */
async function diagnoseStored(config: Config): Promise<readonly Findings[]> {
  const { url, postgresql } = config.database
  const database = await openDatabase(url, { log: SILENT, random: systemRandom, postgresql })
  const found = await Promise.all([
    limitStore(config, database),
    limit('keys', async () => ({ findings: await diagnoseKeys(config, database, Date.now) })),
    limit('clock', async () => ({ findings: await diagnoseClocks(config, database) })),
  ])
  await database.close()
  return found
}

function limitStore(config: Config, database: Database | null): Promise<Findings> {
  return limit('store', async () => ({ findings: await diagnoseStore(config, database) }))
}

/** Several checks of one server that does not respond find the same. */
function dropRepetitions(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ text }, index) => findings.findIndex((one) => one.text === text) === index)
}

interface Findings {
  readonly findings: readonly Finding[]
  readonly hasTables?: boolean
}

/** The findings of an area, or a failure when the checks fail or take too long. */
async function limit(area: Finding['area'], check: () => Promise<Findings>): Promise<Findings> {
  try {
    return await withDeadline(check, AREA_TIMEOUT_MS)
  } catch (error) {
    const findings = createFindings(area)
    const reason = error instanceof DeadlineError ? error.message : 'the checks failed'
    findings.fail(reason, 'find out why the server does not respond')
    return { findings: findings.list }
  }
}

/**
 * What the check at the start finds, and whether the store responds. `database`: null if it cannot be used; a
 * store outside of the database is checked all the same.
 */
async function diagnoseStore(
  { store: { stateStore } }: Config,
  database: Database | null,
): Promise<readonly Finding[]> {
  const findings = createFindings('store')
  for (const { severity, problem } of await checkStateStore(stateStore, { random: systemRandom }))
    if (severity === 'refusal')
      findings.fail(problem, 'change the setting or the server: the start is refused')
    else if (severity === 'warning') findings.warn(problem, 'see docs/state-stores.md')
    else findings.ok(problem)
  try {
    if (database === null) await measureStoreOffset(stateStore, Date.now, systemRandom)
    else await pingStore(stateStore, database)
    if (database !== null || stateStore.kind === 'redis') findings.ok(`${stateStore.kind}, responds`)
  } catch {
    findings.fail(`${stateStore.kind} does not respond`, 'check the settings of the state store')
  }
  return findings.list
}

async function pingStore(stateStore: Config['store']['stateStore'], database: Database): Promise<void> {
  const deps = { database, now: Date.now, log: SILENT, random: systemRandom }
  const store = await openStateStore(stateStore, deps)
  await store.ping().finally(() => store.close())
}
