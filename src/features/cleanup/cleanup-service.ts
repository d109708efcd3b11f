import { setTimeout as sleep } from 'node:timers/promises'
import type { Contact } from '../../core/channel.ts'
import { MINUTE_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { ExpiredRows, IdRange, VisitedTable } from '../../ports/expired-rows.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Metrics } from '../../ports/metrics.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** Dependencies of the cleanup. The optional number has the default below; tests use a smaller one. */
export interface CleanupDependencies {
  readonly rows: ExpiredRows
  readonly store: StateStore
  /** Whether a code or link to a contact is valid. */
  readonly hasLiveCode: (contact: Contact) => Promise<boolean>
  readonly metrics: Pick<Metrics, 'count'>
  readonly log: Logger
  readonly random: Random
  readonly now: Clock
  readonly intervalMs: number
  readonly pendingAccountMs: number
  readonly endedSessionMs: number
  readonly batchSize?: number
}

/** How many rows one run removed. */
export interface CleanupCounts {
  readonly pendingAccounts: number
  readonly endedSessions: number
  readonly endedApiKeys: number
  readonly accountChanges: number
}

/** Rows that one statement visits. */
const BATCH_SIZE = 500
/** Pause between two batches, in milliseconds, in which other statements run. */
const PAUSE_MS = 10
/** Longest time between two attempts to become the node of an interval, in milliseconds. */
const MAX_POLL_MS = MINUTE_MS

/** Labels of the metric of removed rows. */
const KINDS = {
  accounts: 'pending_accounts',
  sessions: 'ended_sessions',
  'api-keys': 'ended_api_keys',
  'account-changes': 'account_changes',
} as const

/**
 * Removes accounts that were never confirmed, sessions and API keys that have ended, and changes that can no
 * longer be undone, once per interval. Intervals are those of the clock, and the state store lets one node
 * claim each. The next interval continues where a node has stopped half-way.
 */
export class CleanupService {
  readonly #deps: Required<CleanupDependencies>
  #timer: NodeJS.Timeout | undefined
  #running: Promise<unknown> | null = null
  #closed = false

  constructor(deps: CleanupDependencies) {
    this.#deps = { batchSize: BATCH_SIZE, ...deps }
  }

  /** Starts to look for the next interval. The timer does not keep the process alive. */
  start(): void {
    if (this.#closed) return
    const { intervalMs, random } = this.#deps
    const pollMs = Math.min(MAX_POLL_MS, intervalMs / 2)
    this.#timer = setTimeout(
      () => void this.runIfDue().finally(() => this.start()),
      pollMs / 2 + random.integer(pollMs),
    ).unref()
  }

  /** Ends after the batch in progress. */
  async stop(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
  }

  /**
   * Removes rows if no node has claimed this interval; null if one has, or if a store failed. Never throws.
   */
  async runIfDue(): Promise<CleanupCounts | null> {
    const run = this.#runIfDue().catch((err: unknown) => {
      this.#deps.log.warn({ event: 'cleanup.failed', err }, 'cleanup failed; the next interval continues')
      return null
    })
    this.#running = run
    return run
  }

  async #runIfDue(): Promise<CleanupCounts | null> {
    const { store, now, intervalMs, pendingAccountMs, endedSessionMs, log } = this.#deps
    const at = now()
    const key = `cleanup:${intervalMs}:${Math.floor(at / intervalMs)}`
    if (this.#closed || !(await store.set(key, '1', 2 * intervalMs, { ifAbsent: true }))) return null
    const endedBefore = new Date(at - endedSessionMs)
    const endedSessions = await this.#visit('sessions', (range) =>
      this.#deps.rows.removeEndedSessions(range, endedBefore),
    )
    const endedApiKeys = await this.#visit('api-keys', (range) =>
      this.#deps.rows.removeEndedApiKeys(range, endedBefore),
    )
    const changedBefore = new Date(at - pendingAccountMs)
    const pendingAccounts = await this.#visit('accounts', (range) =>
      this.#removePendingAccounts(range, changedBefore),
    )
    const accountChanges = await this.#visit('account-changes', (range) =>
      this.#deps.rows.removeExpiredChanges(range, new Date(at)),
    )
    const counts = { pendingAccounts, endedSessions, endedApiKeys, accountChanges }
    log.info({ event: 'cleanup.completed', ...counts, ms: now() - at }, 'cleanup completed')
    return counts
  }

  /** Visits every row of a table in batches, and returns how many rows were removed. */
  async #visit(table: VisitedTable, remove: (range: IdRange) => Promise<number>): Promise<number> {
    const { rows, metrics, batchSize } = this.#deps
    let removed = 0
    for (let after: string | null = ''; after !== null && !this.#closed;) {
      const range: IdRange = await rows.nextRange(table, after, batchSize)
      const count = await remove(range)
      if (count > 0) metrics.count('gateway_removed_rows_total', { kind: KINDS[table] }, count)
      removed += count
      after = range.to
      await sleep(PAUSE_MS)
    }
    return removed
  }

  async #removePendingAccounts(range: IdRange, changedBefore: Date): Promise<number> {
    const { rows, hasLiveCode } = this.#deps
    const ids: string[] = []
    for (const { id, contacts } of await rows.findPendingAccounts(range, changedBefore)) {
      const isLive = await Promise.all(contacts.map(hasLiveCode))
      if (!isLive.includes(true)) ids.push(id)
    }
    return rows.removePendingAccounts(ids, changedBefore)
  }
}
