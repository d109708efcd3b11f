import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { COUNTERS } from '../src/ports/metrics/counters.ts'
import type { LabelValues, MetricDeclaration } from '../src/ports/metrics/declarations.ts'
import { GAUGES } from '../src/ports/metrics/gauges.ts'
import { HISTOGRAMS } from '../src/ports/metrics/histograms.ts'
import { PROCESS_METRICS } from '../src/ports/metrics/process-metrics.ts'
import { replacePart, replacePartOf } from './page-parts.ts'

const file = join(resolve(import.meta.dirname, '..'), 'docs/metrics.md')

/** `docs/metrics.md` with its tables of metrics. */
export async function buildMetricsPage(): Promise<string> {
  const own = [
    ...toRows(COUNTERS, () => 'counter'),
    ...toRows(GAUGES, () => 'gauge'),
    ...toRows(HISTOGRAMS, () => 'histogram'),
  ]
  const page = await replacePart(file, 'metrics', toTable(own.sort()))
  const ofProcess = toRows(PROCESS_METRICS, (name) => PROCESS_METRICS[name].type)
  const withProcess = await replacePartOf(file, page, 'process', toTable(ofProcess.sort()))
  return replacePartOf(file, withProcess, 'buckets', listBuckets())
}

function toTable(rows: readonly string[]): string {
  return ['| metric | type | labels | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function toRows<Name extends string>(
  metrics: Readonly<Record<Name, MetricDeclaration>>,
  toType: (name: Name) => string,
): string[] {
  return (Object.keys(metrics) as Name[]).map((name) => {
    const { help, labels } = metrics[name]
    const described = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${listValues(values)}`)
    return `| \`${name}\` | ${toType(name)} | ${described.join('; ') || 'none'} | ${help} |`
  })
}

function listValues(values: LabelValues): string {
  if (typeof values === 'number') return `the first ${values} values, then \`other\``
  return values.map((value) => `\`${value}\``).join(', ')
}

function listBuckets(): string {
  return Object.entries(HISTOGRAMS)
    .map(([name, { buckets }]) => `- \`${name}\`: ${buckets.join(', ')}`)
    .join('\n')
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await buildMetricsPage())
