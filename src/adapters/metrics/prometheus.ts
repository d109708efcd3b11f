import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { CounterName, GaugeName, HistogramName, Metrics } from '../../ports/metrics.ts'
import { COUNTERS } from '../../ports/metrics/counters.ts'
import { GAUGES } from '../../ports/metrics/gauges.ts'
import { HISTOGRAMS } from '../../ports/metrics/histograms.ts'
import { PROCESS_METRICS } from '../../ports/metrics/process-metrics.ts'
import { createLabelLimit, listLabelSets, type LimitLabels } from './label-limits.ts'

type Labels = Readonly<Record<string, string>>

/** One series of a gauge. */
interface GaugeSeries {
  readonly labels: Labels
  readonly read: () => number | Promise<number>
}

/**
 * Metrics in a separate registry, so that two gateways in one process are not added up. `ofProcess`: includes
 * CPU, memory and event loop metrics, which are collected until the process ends.
 */
export function createMetrics({ ofProcess }: { readonly ofProcess: boolean }): Metrics {
  const registry = new Registry()
  if (ofProcess) collectProcessMetrics(registry)
  const counters = createCounters(registry)
  const histograms = createHistograms(registry)
  const gauges = new Map<GaugeName, GaugeSeries[]>()
  return {
    count(name, labels, amount) {
      const counter = counters.get(name)
      counter?.metric.inc(counter.limit(labels), amount)
    },
    observe(name, labels, seconds) {
      const histogram = histograms.get(name)
      histogram?.metric.observe(histogram.limit(labels), seconds)
    },
    gauge(name, labels, read) {
      const series = gauges.get(name) ?? createGauge(registry, name)
      gauges.set(name, series)
      series.push({ labels, read })
    },
    read: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    snapshot: () => registry.getMetricsAsJSON(),
  }
}

/** Collects the declared metrics of the process only. */
function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry })
  for (const { name } of registry.getMetricsAsArray())
    if (!Object.hasOwn(PROCESS_METRICS, name)) registry.removeSingleMetric(name)
}

/** The counters. The series of labels with lists of values exist from the start, with 0. */
function createCounters(registry: Registry) {
  const counters = new Map<CounterName, { metric: Counter; limit: LimitLabels }>()
  for (const [name, { help, labels }] of Object.entries(COUNTERS)) {
    const metric = new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] })
    for (const set of listLabelSets(labels)) metric.inc(set, 0)
    counters.set(name as CounterName, { metric, limit: createLabelLimit(labels) })
  }
  return counters
}

function createHistograms(registry: Registry) {
  const histograms = new Map<HistogramName, { metric: Histogram; limit: LimitLabels }>()
  for (const [name, { help, labels, buckets }] of Object.entries(HISTOGRAMS)) {
    const options = { name, help, labelNames: Object.keys(labels), buckets: [...buckets] }
    const metric = new Histogram({ ...options, registers: [registry] })
    histograms.set(name as HistogramName, { metric, limit: createLabelLimit(labels) })
  }
  return histograms
}

/** Creates a gauge, which reads its series at each scrape; returns the series, none yet. */
function createGauge(registry: Registry, name: GaugeName): GaugeSeries[] {
  const { help, labels: declared, acrossWorkers } = GAUGES[name]
  const series: GaugeSeries[] = []
  const gauge: Gauge = new Gauge({
    ...{ name, help, labelNames: Object.keys(declared), aggregator: acrossWorkers },
    registers: [registry],
    async collect() {
      const values = await Promise.allSettled(series.map(async ({ read }) => read()))
      // Without series rather than with 0: nothing is known of a gauge that cannot be read.
      gauge.reset()
      if (series.length > 0 && Object.keys(declared).length === 0) gauge.remove()
      for (const [index, result] of values.entries())
        if (result.status === 'fulfilled') gauge.set(series[index]?.labels ?? {}, result.value)
    },
  })
  return series
}
