import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { COUNTERS, FIRST_THOUSAND, GAUGES, type CounterName, type Metrics } from '../../ports/metrics.ts'

/**
 * Metrics in a separate registry, so that two gateways in one process are not added up. `ofProcess`: includes
 * CPU, memory and event loop metrics, which are collected until the process ends.
 */
export function createMetrics({ ofProcess }: { readonly ofProcess: boolean }): Metrics {
  const registry = new Registry()
  if (ofProcess) collectDefaultMetrics({ register: registry })
  const counters = new Map<CounterName, Counter>()
  for (const [name, { help, labels }] of Object.entries(COUNTERS))
    counters.set(
      name as CounterName,
      new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] }),
    )
  const seenValues = new Map<string, Set<string>>()

  /** The labels, with `other` for values after the first thousand of a label without a list of values. */
  function limitLabels(name: CounterName, labels: Readonly<Record<string, string>>): Record<string, string> {
    const allowed: Readonly<Record<string, readonly string[] | number>> = COUNTERS[name].labels
    return Object.fromEntries(
      Object.entries(labels).map(([label, value]) => {
        if (allowed[label] !== FIRST_THOUSAND) return [label, value]
        const key = `${name} ${label}`
        const seen = seenValues.get(key) ?? new Set()
        seenValues.set(key, seen)
        if (seen.size < FIRST_THOUSAND) seen.add(value)
        return [label, seen.has(value) ? value : 'other']
      }),
    )
  }

  return {
    count: (name, labels, amount) => counters.get(name)?.inc(limitLabels(name, labels), amount),
    gauge(name, read) {
      const gauge: Gauge = new Gauge({
        name,
        help: GAUGES[name],
        registers: [registry],
        async collect() {
          gauge.reset()
          await read().then(
            (value) => gauge.set(value),
            () => gauge.remove(),
          )
        },
      })
    },
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  }
}
