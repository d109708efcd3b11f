import { AggregatorRegistry } from 'prom-client'
import { describe, expect, it } from 'vitest'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import type { Metrics } from '../../../src/ports/metrics.ts'

const readLines = async (metrics: Metrics) => (await metrics.read()).text.split('\n')

describe('the Prometheus metrics', () => {
  it('give the first values of a label without a list a series, and count the rest as other', async () => {
    const metrics = createMetrics({ ofProcess: false })
    for (let index = 0; index < 150; index += 1)
      metrics.count('gateway_security_events_total', { event: `event_${index}` })
    metrics.count('gateway_security_events_total', { event: 'event_7' })
    const lines = (await readLines(metrics)).filter((line) =>
      line.startsWith('gateway_security_events_total{'),
    )
    expect(lines).toHaveLength(101)
    expect(lines).toContain('gateway_security_events_total{event="event_7"} 2')
    expect(lines).toContain('gateway_security_events_total{event="other"} 50')
    expect(lines.join()).not.toContain('event_100')
  })

  it('have every series of labels with lists from the start, and no other series', async () => {
    const lines = await readLines(createMetrics({ ofProcess: false }))
    expect(lines).toContain('gateway_refreshes_total{result="reused"} 0')
    expect(lines).toContain('gateway_requests_shed_total 0')
    expect(lines.filter((line) => line.startsWith('gateway_otp_requests_total{'))).toHaveLength(8)
    expect(lines.filter((line) => /^gateway_(sms_codes|messages|limits_reached)_total\{/.test(line))).toEqual(
      [],
    )
  })

  it('escape text in values of labels', async () => {
    const metrics = createMetrics({ ofProcess: false })
    metrics.count('gateway_limits_reached_total', { limit: 'a"} 1\nforged 1' })
    expect(await readLines(metrics)).toContain('gateway_limits_reached_total{limit="a\\"} 1\\nforged 1"} 1')
  })

  it('read gauges at each scrape, and leave out a series while it cannot be read', async () => {
    const metrics = createMetrics({ ofProcess: false })
    const readings = { primary: 1, replica: 2 }
    let fails = false
    metrics.gauge('gateway_database_pool_active', { server: 'primary' }, () => readings.primary)
    metrics.gauge('gateway_database_pool_active', { server: 'replica' }, async () => {
      if (fails) throw new Error('down')
      return readings.replica
    })
    metrics.gauge('gateway_messages_waiting', {}, () => {
      if (fails) throw new Error('down')
      return 3
    })
    const scrape = async () =>
      (await readLines(metrics)).filter((line) => /^gateway_(data|messages_w)/.test(line))
    const both = [
      'gateway_database_pool_active{server="primary"} 1',
      'gateway_database_pool_active{server="replica"} 2',
      'gateway_messages_waiting 3',
    ]
    expect(await scrape()).toEqual(both)
    fails = true
    readings.primary = 5
    expect(await scrape()).toEqual(['gateway_database_pool_active{server="primary"} 5'])
    fails = false
    readings.primary = 1
    expect(await scrape()).toEqual(both)
  })

  it('are combined over workers: counters and pools as sums, shared values once, up as the least', async () => {
    const workers = [1, 0].map((up, index) => {
      const metrics = createMetrics({ ofProcess: false })
      metrics.count('gateway_refreshes_total', { result: 'rotated' }, index + 1)
      metrics.observe('gateway_graphql_operation_duration_seconds', { field: 'me' }, 0.02)
      metrics.gauge('gateway_database_pool_size', { server: 'primary' }, () => 10)
      metrics.gauge('gateway_messages_waiting', {}, () => 4 + index)
      metrics.gauge('gateway_state_store_up', {}, () => up)
      return metrics
    })
    const objects = await Promise.all(workers.map((metrics) => metrics.snapshot()))
    // As workers send them to the primary process.
    const received = JSON.parse(JSON.stringify(objects)) as object[]
    const lines = (await AggregatorRegistry.aggregate(received).metrics()).split('\n')
    for (const line of [
      'gateway_refreshes_total{result="rotated"} 3',
      'gateway_graphql_operation_duration_seconds_count{field="me"} 2',
      'gateway_database_pool_size{server="primary"} 20',
      'gateway_messages_waiting 5',
      'gateway_state_store_up 0',
    ])
      expect(lines).toContain(line)
  })
})
