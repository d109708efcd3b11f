import type { HistogramLabels, Metrics } from '../../ports/metrics.ts'
import type { StateStore } from '../../ports/state-store.ts'

const NAME = 'gateway_state_store_operation_duration_seconds'
type Operation = HistogramLabels<typeof NAME>['operation']

/** The same store, whose operations are measured. A ping is none. */
export function measureStateStore(store: StateStore, metrics: Pick<Metrics, 'observe'>): StateStore {
  async function measure<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    const observe = (result: 'ok' | 'failed') =>
      metrics.observe(NAME, { operation, result }, (performance.now() - startedAt) / 1000)
    try {
      const value = await work()
      observe('ok')
      return value
    } catch (error) {
      observe('failed')
      throw error
    }
  }

  return {
    get: (keys) => measure('get', () => store.get(keys)),
    set: (...args) => measure('set', () => store.set(...args)),
    compareAndSet: (...args) => measure('compare_and_set', () => store.compareAndSet(...args)),
    take: (key) => measure('take', () => store.take(key)),
    increment: (key, windowMs) => measure('increment', () => store.increment(key, windowMs)),
    reserve: (key, limit) => measure('reserve', () => store.reserve(key, limit)),
    delete: (keys) => measure('delete', () => store.delete(keys)),
    ping: () => store.ping(),
    close: () => store.close(),
  }
}
