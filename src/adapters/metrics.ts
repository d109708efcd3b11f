import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import { COUNTERS, GAUGES, type CounterName, type Metrics } from '../ports/metrics.ts'

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
  return {
    count: (name, labels) => counters.get(name)?.inc(labels),
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
