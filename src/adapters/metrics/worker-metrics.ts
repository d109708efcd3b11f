import { AggregatorRegistry, type Registry } from 'prom-client'
import type { MetricsSnapshot, MetricsText } from '../../ports/metrics.ts'

/**
 * Adds up the metrics of worker processes, each by the aggregator that it declares (default: the sum). The
 * counters and histograms of workers that have ended stay part of the sum: a counter that falls would look
 * like a restart of the gateway.
 */
export class WorkerMetrics {
  #ended = Promise.resolve<MetricsSnapshot>([])

  /** Keeps what a worker has counted. `last`: its last known metrics. */
  addEnded(last: MetricsSnapshot): void {
    const counted = last.filter(isCumulative)
    this.#ended = this.#ended.then((sum) => aggregate([sum, counted]).getMetricsAsJSON())
  }

  /**
   * The sum of running workers, given by their metrics, and of those that had ended when this was called: a
   * worker that ends meanwhile is counted once.
   */
  async read(running: readonly Promise<MetricsSnapshot>[]): Promise<MetricsText> {
    const registry = aggregate(await Promise.all([...running, this.#ended]))
    return { type: registry.contentType, text: await registry.metrics() }
  }
}

function aggregate(snapshots: readonly MetricsSnapshot[]): Registry {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => snapshot.map(keepStartTime)))
}

/** The library omits it from sums. The start of the newest worker shows workers that end again and again. */
function keepStartTime(metric: object): object {
  const isStartTime = 'name' in metric && metric.name === 'process_start_time_seconds'
  return isStartTime ? { ...metric, aggregator: 'max' } : metric
}

function isCumulative(metric: object): boolean {
  return 'type' in metric && (metric.type === 'counter' || metric.type === 'histogram')
}
