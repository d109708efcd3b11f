import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { COUNTERS, FIRST_THOUSAND, GAUGES, type CounterName, type Metrics } from '../../ports/metrics.ts'

/**
 * Metrics in a registry of their own: two gateways in one process do not add up. `ofProcess`: processor, memory and event loop
 * too, which are watched for as long as the process lives.
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
  const known = new Map<string, Set<string>>()

  /** The labels, with `other` for values beyond the first thousand of a label that has no list. */
  function bounded(name: CounterName, labels: Readonly<Record<string, string>>): Record<string, string> {
    const allowed: Readonly<Record<string, readonly string[] | number>> = COUNTERS[name].labels
    return Object.fromEntries(
      Object.entries(labels).map(([label, value]) => {
        if (allowed[label] !== FIRST_THOUSAND) return [label, value]
        const place = `${name} ${label}`
        const seen = known.get(place) ?? new Set()
        known.set(place, seen)
        if (seen.size < FIRST_THOUSAND) seen.add(value)
        return [label, seen.has(value) ? value : 'other']
      }),
    )
  }

  return {
    count: (name, labels) => counters.get(name)?.inc(bounded(name, labels)),
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
