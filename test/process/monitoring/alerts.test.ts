import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { LIMITS } from '../../../src/features/limits/limits.ts'
import { MONITORING, findExpressionProblems, listSelectors, readRules } from '../../support/promql.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { runPromtool } from '../../support/servers/prometheus.ts'

/** The unit tests of promtool. */
interface UnitTests {
  readonly tests: readonly {
    readonly name: string
    readonly input_series: readonly { readonly series: string }[]
    readonly promql_expr_test: readonly {
      readonly expr: string
      readonly exp_samples: readonly { readonly labels: string }[]
    }[]
  }[]
}

const file = (name: string) => join(MONITORING, name)
const rules = readRules().groups.flatMap((group) => group.rules)
const { tests } = parse(readFileSync(file('alerts.test.yml'), 'utf8')) as UnitTests

describeWith(['prometheus'], 'the alerts', () => {
  it('and the example configuration are valid for Prometheus', async () => {
    expect(await runPromtool(['check', 'rules', file('alerts.yml')])).toContain(`${rules.length} rules found`)
    expect(await runPromtool(['check', 'config', file('prometheus.yml')])).toContain('SUCCESS')
  })

  it('fire, and stay quiet just below their thresholds', async () => {
    expect(await runPromtool(['test', 'rules', file('alerts.test.yml')])).toContain('SUCCESS')
  })
})

it('each alert has a test in which it fires, and one in which its metrics exist and it is quiet', () => {
  const expected = tests.flatMap((test) => test.promql_expr_test.flatMap(({ exp_samples }) => exp_samples))
  const firing = expected.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1])
  expect(firing.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted())
  const quiet = tests
    .filter((test) => test.promql_expr_test.every(({ exp_samples }) => exp_samples.length === 0))
    .flatMap(({ input_series }) => input_series.map(({ series }) => series.replace(/\{.*/s, '')))
  const untested = rules.filter(({ expr }) => !listSelectors(expr).every(({ name }) => quiet.includes(name)))
  expect(untested.map(({ alert }) => alert)).toEqual([])
  const queries = tests.flatMap((test) => test.promql_expr_test.map(({ expr }) => expr))
  expect(new Set(queries)).toEqual(new Set(['ALERTS{alertstate="firing"}']))
})

it.each(rules)(
  '$alert reads declared metrics, and names its severity, its meaning and its runbook',
  (rule) => {
    expect(findExpressionProblems(rule.expr)).toEqual([])
    expect(['critical', 'warning', 'info']).toContain(rule.labels['severity'])
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description', 'runbook'])
    expect(rule.annotations['runbook']).toBe(`docs/operations.md#${rule.alert.toLowerCase()}`)
    expect(rule.annotations['description']?.length).toBeGreaterThan(40)
  },
)

it('the alert on shared limits names every limit that all callers share', () => {
  const shared = Object.values(LIMITS).filter(({ per }) => per === 'all')
  const { expr } = rules.find(({ alert }) => alert === 'GatewaySharedLimitReached') ?? { expr: '' }
  const [, pattern = ''] = /limit=~"([^"]+)"/.exec(expr) ?? []
  const matched = Object.values(LIMITS).filter(({ name }) => new RegExp(`^(${pattern})$`).test(name))
  expect(shared.length).toBeGreaterThan(2)
  expect(matched.map(({ name }) => name).toSorted()).toEqual(shared.map(({ name }) => name).toSorted())
})

it('docs/monitoring.md has every alert with its severity', () => {
  const page = readFileSync(join(MONITORING, '../../docs/monitoring.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `(Gateway\w+)`\s*\| (\w+)/gm)].map(([, name, severity]) => [
    name,
    severity,
  ])
  expect(rows.toSorted()).toEqual(rules.map(({ alert, labels }) => [alert, labels['severity']]).toSorted())
})

it('an expression with an unknown metric, label or value is found', () => {
  expect(findExpressionProblems('gateway_nothing > 0')).toEqual(['there is no metric gateway_nothing'])
  expect(findExpressionProblems('gateway_refreshes_total{kind="reused"}')).toEqual([
    'gateway_refreshes_total has no label kind',
  ])
  expect(findExpressionProblems('sum by (host) (gateway_refreshes_total{result=~"reused|stolen"})')).toEqual([
    'result of gateway_refreshes_total is never stolen',
    'no metric has the label host',
  ])
  expect(findExpressionProblems('vector(1)')).toEqual(['it reads no metric'])
})
