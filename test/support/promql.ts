import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { COUNTERS } from '../../src/ports/metrics/counters.ts'
import type { MetricDeclaration } from '../../src/ports/metrics/declarations.ts'
import { GAUGES } from '../../src/ports/metrics/gauges.ts'
import { HISTOGRAMS } from '../../src/ports/metrics/histograms.ts'
import { PROCESS_METRICS } from '../../src/ports/metrics/process-metrics.ts'

/** The folder with the files for Prometheus and Grafana. */
export const MONITORING = join(resolve(import.meta.dirname, '../..'), 'deploy/monitoring')

/** Every metric of the gateway and of its process. */
export const METRICS: Readonly<Record<string, MetricDeclaration>> = {
  ...COUNTERS,
  ...GAUGES,
  ...HISTOGRAMS,
  ...PROCESS_METRICS,
}
const HISTOGRAM_NAMES: readonly string[] = [...Object.keys(HISTOGRAMS), 'nodejs_gc_duration_seconds']
/** Labels that Prometheus adds to every series. */
const TARGET_LABELS: MetricDeclaration['labels'] = { job: ['gateway'], instance: 2 }

/** An alert of `deploy/monitoring/alerts.yml`. */
export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for?: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** The file of rules. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[]
}

/** Reads the alerts. */
export function readRules(): RuleFile {
  return parse(readFileSync(join(MONITORING, 'alerts.yml'), 'utf8')) as RuleFile
}

/** A panel of the dashboard. */
export interface Panel {
  readonly type: 'row' | 'stat' | 'timeseries'
  readonly title: string
  readonly description?: string
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly fieldConfig?: { readonly defaults: { readonly unit: string } }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

/** Reads the panels of the dashboard, with its variables replaced. `rateInterval`: such as `1m`. */
export function readPanels(rateInterval: string): readonly Panel[] {
  const text = readFileSync(join(MONITORING, 'dashboard.json'), 'utf8')
  const replaced = text.replaceAll('$__rate_interval', rateInterval).replaceAll('$instance', '.*')
  return (JSON.parse(replaced) as { readonly panels: readonly Panel[] }).panels
}

/** A metric in an expression, with the conditions of its labels. */
interface Selector {
  readonly name: string
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[]
}

/** The metrics that an expression reads. */
export function listSelectors(expression: string): Selector[] {
  const found = expression.matchAll(/\b(up|(?:gateway|http_server|process|nodejs)_\w+)\b(?:\{([^}]*)\})?/g)
  return [...found].map(([, name = '', conditions = '']) => ({
    name,
    matchers: [...conditions.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(
      ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
    ),
  }))
}

/** What is wrong with the names, labels and values of an expression. An empty list: nothing. */
export function findExpressionProblems(expression: string): string[] {
  const selectors = listSelectors(expression)
  const declared = selectors.map(({ name }) => findLabels(name))
  const groupings = [...expression.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  )
  return [
    ...selectors.flatMap(({ name, matchers }, index) => {
      const labels = declared[index]
      if (!labels) return [`there is no metric ${name}`]
      return matchers.flatMap((matcher) => findMatcherProblem(name, matcher, labels[matcher.label]))
    }),
    ...groupings
      .filter((label) => !declared.some((labels) => labels && label in labels))
      .map((label) => `no metric has the label ${label}`),
    ...(selectors.length === 0 ? ['it reads no metric'] : []),
  ]
}

function findMatcherProblem(
  name: string,
  { label, operator, value }: Selector['matchers'][number],
  values: MetricDeclaration['labels'][string] | undefined,
): string[] {
  if (values === undefined) return [`${name} has no label ${label}`]
  if (typeof values === 'number') return []
  const alternatives = operator.endsWith('~') ? value.split('|') : [value]
  const unknown = alternatives.filter((each) => !values.includes(each))
  return unknown.map((each) => `${label} of ${name} is never ${each}`)
}

/** The labels of a metric, or of a part of a histogram; undefined for an unknown name. */
function findLabels(name: string): MetricDeclaration['labels'] | undefined {
  if (name === 'up') return TARGET_LABELS
  const [, whole = '', part] = /^(\w+?)(?:_(bucket|sum|count))?$/.exec(name) ?? []
  const isPart = part !== undefined && HISTOGRAM_NAMES.includes(whole)
  const metric = METRICS[isPart ? whole : name]
  return metric && { ...metric.labels, ...TARGET_LABELS, ...(part === 'bucket' && { le: 100 }) }
}
