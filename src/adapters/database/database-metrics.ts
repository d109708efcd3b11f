import type { GaugeLabels, HistogramLabels, Metrics } from '../../ports/metrics.ts'
import type { Bulkhead } from '../resilience/bulkhead.ts'
import { isRefusal } from '../../core/errors.ts'
import { parseConstraint } from './failures.ts'

const NAME = 'gateway_database_work_duration_seconds'
type Labels = HistogramLabels<typeof NAME>

/** The server that a database is on. */
export type DatabaseServer = GaugeLabels<'gateway_database_pool_size'>['server']

/** Measures the work of one database. */
export interface DatabaseMeter {
  /** The result of the work, whose duration is counted. */
  measure<T>(work: () => Promise<T>): Promise<T>
}

/** Measures work, and the pool that it runs in. `connections`: the size of the pool. */
export function createDatabaseMeter(
  metrics: Metrics,
  server: DatabaseServer,
  { bulkhead, connections }: { readonly bulkhead: Bulkhead; readonly connections: number },
): DatabaseMeter {
  metrics.gauge('gateway_database_pool_size', { server }, () => connections)
  metrics.gauge('gateway_database_pool_active', { server }, () => bulkhead.active)
  metrics.gauge('gateway_database_pool_waiting', { server }, () => bulkhead.queued)
  const results: Readonly<Record<Labels['result'], Labels>> = {
    ok: { server, result: 'ok' },
    unavailable: { server, result: 'unavailable' },
    failed: { server, result: 'failed' },
  }
  return {
    async measure(work) {
      const startedAt = performance.now()
      const observe = (result: Labels['result']) =>
        metrics.observe(NAME, results[result], (performance.now() - startedAt) / 1000)
      try {
        const value = await work()
        observe('ok')
        return value
      } catch (error) {
        observe(classify(error))
        throw error
      }
    },
  }
}

/** A row that a constraint rejects is a regular result, which repositories expect. */
function classify(error: unknown): Labels['result'] {
  if (isRefusal(error, 'SERVICE_UNAVAILABLE')) return 'unavailable'
  return isRefusal(error, 'UNAUTHENTICATED') || parseConstraint(error) !== null ? 'ok' : 'failed'
}
