import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { findBinary } from './find-binary.ts'
import { end, eventually, freePort, start } from './processes.ts'

/** One series of a result. */
export interface ResultSeries {
  readonly metric: Readonly<Record<string, string>>
  /** Unix time in seconds and value; of an instant query. */
  readonly value?: readonly [number, string]
  /** The same for each step; of a range query. */
  readonly values?: readonly (readonly [number, string])[]
}

/** An alert that fires or is pending. */
export interface RaisedAlert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'pending' | 'firing'
}

/** A private Prometheus server, which scrapes and evaluates once per second. */
export interface PrometheusServer {
  /** The result of an expression now. Throws for an invalid one. */
  query(expression: string): Promise<readonly ResultSeries[]>
  /** The results of an expression in a time range. Times are in Unix seconds, the step in seconds. */
  queryRange(
    expression: string,
    range: { readonly start: number; readonly end: number; readonly step: number },
  ): Promise<readonly ResultSeries[]>
  alerts(): Promise<readonly RaisedAlert[]>
  stop(): Promise<void>
}

/** Settings of the server. */
export interface PrometheusOptions {
  /** `host:port` of each scraped node, by the name that it gets as `instance`. */
  readonly targets: Readonly<Record<string, string>>
  /** Text of a file of rules. */
  readonly rules?: string
}

/** Starts Prometheus on a free loopback port. Its job is named as in `deploy/monitoring/prometheus.yml`. */
export async function startPrometheus({ targets, rules }: PrometheusOptions): Promise<PrometheusServer> {
  const binary = findBinary('prometheus')
  if (binary === null) throw new Error('prometheus is not installed')
  const folder = mkdtempSync(join(tmpdir(), 'gateway-prometheus-'))
  const static_configs = Object.entries(targets).map(([instance, target]) => ({
    targets: [target],
    labels: { instance },
  }))
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules === undefined ? [] : ['rules.yml'],
    scrape_configs: [{ job_name: 'gateway', static_configs }],
  }
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config))
  if (rules !== undefined) writeFileSync(join(folder, 'rules.yml'), rules)
  const url = `http://127.0.0.1:${await freePort()}`
  const child = start(binary, [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${new URL(url).host}`,
  ])
  await eventually(async () => (await fetch(`${url}/-/ready`)).ok)
  return {
    query: (query) => readResult(url, 'query', { query }),
    queryRange: (query, { start, end, step }) =>
      readResult(url, 'query_range', { query, start: String(start), end: String(end), step: String(step) }),
    alerts: async () => (await request<{ alerts: RaisedAlert[] }>(`${url}/api/v1/alerts`)).alerts,
    async stop() {
      await end(child, 'SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function readResult(
  url: string,
  path: string,
  parameters: Record<string, string>,
): Promise<readonly ResultSeries[]> {
  const search = new URLSearchParams(parameters).toString()
  return (await request<{ result: ResultSeries[] }>(`${url}/api/v1/${path}?${search}`)).result
}

async function request<Data>(url: string): Promise<Data> {
  const { status, data, error } = (await (await fetch(url)).json()) as {
    readonly status: string
    readonly data?: Data
    readonly error?: string
  }
  if (status !== 'success' || data === undefined) throw new Error(error ?? status)
  return data
}

/** What `promtool` prints; throws with its output when it fails. */
export async function runPromtool(args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(findBinary('promtool') ?? '', [...args])
  running.child.stdin?.end(input)
  const { stdout, stderr } = await running.catch((error: unknown) => {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }
    throw new Error(`promtool ${args.join(' ')}: ${stdout}${stderr}`)
  })
  return stdout + stderr
}
