import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { buildMetricsPage } from '../../scripts/metrics-page.ts'
import { AUDIT_EVENTS } from '../../src/features/audit/audit-event-names.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { COUNTERS } from '../../src/ports/metrics/counters.ts'
import { GAUGES } from '../../src/ports/metrics/gauges.ts'
import { HISTOGRAMS } from '../../src/ports/metrics/histograms.ts'
import { PROCESS_METRICS } from '../../src/ports/metrics/process-metrics.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/metrics.md'), 'utf8')
const METRICS = { ...COUNTERS, ...GAUGES, ...HISTOGRAMS, ...PROCESS_METRICS }

it('docs/metrics.md has the metrics of the code', async () => {
  expect(await buildMetricsPage()).toBe(page)
  const rows = [...page.matchAll(/^\| `([a-z]\w+)` /gm)].map(([, name]) => name)
  expect(rows.toSorted()).toEqual(Object.keys(METRICS).toSorted())
})

it('docs of other pages name metrics that exist', () => {
  const pages = ['messages', 'monitoring', 'production', 'caching'].map((name) =>
    readFileSync(join(root, `docs/${name}.md`), 'utf8'),
  )
  const named = pages.flatMap((text) => [...text.matchAll(/\b(gateway_[a-z_]+|http_server_\w+)/g)])
  const names = named.map(([, name = '']) => name.replace(/_(bucket|count|sum)$/, ''))
  expect(names.length).toBeGreaterThan(3)
  expect(names.filter((name) => !Object.keys(METRICS).includes(name))).toEqual([])
})

it('the bounds of labels have a place for every name of the code', () => {
  const { event } = COUNTERS.gateway_security_events_total.labels
  const { limit } = COUNTERS.gateway_limits_reached_total.labels
  expect(Object.keys(AUDIT_EVENTS).length).toBeLessThan(event)
  expect(Object.keys(LIMITS).length).toBeLessThan(limit)
})
