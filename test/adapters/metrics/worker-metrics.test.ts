import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import { WorkerMetrics } from '../../../src/adapters/metrics/worker-metrics.ts'

/** The metrics of a worker that has counted reads of a cache. */
function createWorker({ hits, waiting }: { readonly hits: number; readonly waiting: number }) {
  const metrics = createMetrics({ ofProcess: true })
  metrics.count('gateway_cache_reads_total', { level: 'posts', result: 'hit' }, hits)
  metrics.gauge('gateway_messages_waiting', {}, () => waiting)
  metrics.gauge('gateway_workers', {}, () => 1)
  return metrics
}

const HITS = 'gateway_cache_reads_total{level="posts",result="hit"}'

describe('the metrics of workers', () => {
  it('add up counters and gauges, and report the largest of a fact that all read', async () => {
    const workers = [createWorker({ hits: 3, waiting: 7 }), createWorker({ hits: 4, waiting: 8 })]
    const sum = new WorkerMetrics()
    const { type, text } = await sum.read(workers.map((worker) => worker.snapshot()))
    expect(type).toBe('text/plain; version=0.0.4; charset=utf-8')
    for (const line of [`${HITS} 7`, 'gateway_messages_waiting 8', 'gateway_workers 2'])
      expect(text).toContain(`\n${line}\n`)
    expect(text).toMatch(/^process_start_time_seconds \d+$/m)
  })

  it('keep the counters of workers that have ended, and not their gauges', async () => {
    const sum = new WorkerMetrics()
    for (const hits of [10, 20]) sum.addEnded(await createWorker({ hits, waiting: 9 }).snapshot())
    const serving = [createWorker({ hits: 1, waiting: 2 }).snapshot()]
    const reading = sum.read(serving)
    // One that ends while the others are read is counted once.
    sum.addEnded(await createWorker({ hits: 1, waiting: 2 }).snapshot())
    expect((await reading).text).toContain(`${HITS} 31\n`)
    const { text } = await sum.read([])
    expect(text).toContain(`${HITS} 31\n`)
    expect(text).not.toContain('gateway_workers')
  })
})
