import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COUNTERS } from '../../src/ports/metrics/counters.ts'
import { GAUGES } from '../../src/ports/metrics/gauges.ts'
import { HISTOGRAMS } from '../../src/ports/metrics/histograms.ts'
import { EnrollTotpDocument, LoginDocument, RegisterPhoneDocument } from '../generated/graphql.ts'
import { createApiKey, issueToken } from '../features/api-key-steps.ts'
import { loginChallenge, nextCode, signUpWithApp, verifyMfa, wrongCode } from '../features/mfa-steps.ts'
import { EXTREMES, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import { METRICS } from '../support/promql.ts'
import { describeWith } from '../support/servers/binaries.ts'
import { eventually } from '../support/servers/processes.ts'
import { runPromtool } from '../support/servers/prometheus.ts'
import { liveAt } from '../support/sign-in-life.ts'

/** One line of a scrape. */
interface Series {
  readonly line: string
  /** Without the suffix of a part of a histogram. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** Gauges of the primary process of `WORKERS`: `test/process/workers.test.ts`. */
const OF_PRIMARY = ['gateway_workers', 'gateway_password_hashes']

const largest = EXTREMES.at(-1) as Backend
/** Most series of a node whose clients send hostile names, methods and paths. */
const MOST_SERIES = 4000

function parseSeries(text: string): Series[] {
  return [...text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([line, name = '', labels = '', value = '']) => {
      const whole = name.replace(/_(bucket|sum|count)$/, '')
      return {
        line,
        name: name in METRICS ? name : whole,
        labels: Object.fromEntries(
          [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
        ),
        value: Number(value),
      }
    },
  )
}

describeWith([...largest.servers, 'prometheus'], 'the series of a gateway', () => {
  let gateway: TestGateway
  let address: string
  let metricsUrl: string
  beforeAll(async () => {
    gateway = await startGateway(largest, { METRICS_PORT: '0' })
    address = await gateway.app.http.app.listen({ host: '127.0.0.1', port: 0 })
    metricsUrl = await gateway.app.metrics.listen({ host: '127.0.0.1', port: 0 })
    await liveAt(address, newAddress())
  })
  afterAll(() => gateway.close())

  const scrape = async () => (await fetch(metricsUrl)).text()
  const readSeries = async () => parseSeries(await scrape())
  const readValue = async (name: string, labels: Readonly<Record<string, string>>) => {
    const found = (await readSeries()).find(
      (series) =>
        series.line.startsWith(`${name}{`) &&
        Object.entries(labels).every(([label, value]) => series.labels[label] === value),
    )
    return found?.value
  }

  it('pass promtool check metrics', async () => {
    expect(await runPromtool(['check', 'metrics'], await scrape())).toBe('')
  })

  it('are those of every declared metric, each of which docs/metrics.md describes', async () => {
    const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/metrics.md'), 'utf8')
    const text = await scrape()
    const scraped = [...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name)
    const declared = Object.keys(METRICS)
    expect(declared.filter((name) => !scraped.includes(name))).toEqual(OF_PRIMARY)
    expect(scraped.filter((name) => !declared.includes(name))).toEqual([])
    expect(declared.filter((name) => !page.includes(`| \`${name}\``))).toEqual([])
    const seen = new Set(parseSeries(text).map(({ name }) => name))
    // Everything but text messages, which nothing has requested yet.
    expect(scraped.filter((name) => !seen.has(name))).toEqual(['gateway_sms_codes_total'])
  })

  it('count the steps of a sign-in by method and result', async () => {
    expect(await readValue('gateway_registrations_total', { result: 'created' })).toBe(1)
    expect(await readValue('gateway_sign_ins_total', { method: 'otp', result: 'success' })).toBe(2)
    expect(await readValue('gateway_sign_ins_total', { method: 'pwd', result: 'success' })).toBe(1)
    expect(await readValue('gateway_sign_ins_total', { method: 'pwd', result: 'failed' })).toBe(1)
    expect(await readValue('gateway_otp_requests_total', { purpose: 'LOGIN', result: 'sent' })).toBe(1)
    expect(await readValue('gateway_otp_requests_total', { purpose: 'LOGIN', result: 'not_sent' })).toBe(1)
    const confirmations = { purpose: 'VERIFY_EMAIL' }
    const name = 'gateway_otp_verifications_total'
    expect(await readValue(name, { ...confirmations, result: 'verified' })).toBe(1)
    expect(await readValue(name, { ...confirmations, result: 'OTP_INVALID' })).toBe(1)
    for (const [result, times] of [
      ['rotated', 2],
      ['replayed', 1],
      ['reused', 1],
    ] as const)
      expect(await readValue('gateway_refreshes_total', { result }), result).toBe(times)
    expect(await readValue('gateway_access_tokens_issued_total', { grant: 'sign_in' })).toBe(3)
    expect(await readValue('gateway_access_tokens_issued_total', { grant: 'refresh' })).toBe(3)
    expect(await readValue('gateway_access_tokens_verified_total', { result: 'invalid' })).toBe(1)
    expect(await readValue('gateway_limits_reached_total', { limit: 'otp-resend' })).toBe(1)
    expect(await readValue('gateway_security_events_total', { event: 'token.refresh.reused' })).toBe(1)
    const reused = { operation: 'Refresh', code: 'REFRESH_REUSED' }
    expect(await readValue('gateway_graphql_operations_total', reused)).toBe(1)
    expect(await readValue('gateway_graphql_errors_total', { code: 'REFRESH_REUSED' })).toBe(1)
  })

  it('count second steps, API keys and text messages', async () => {
    const person = await signUpWithApp(gateway)
    await verifyMfa(
      gateway,
      await loginChallenge(gateway, person.email),
      wrongCode(person.secret, gateway.now()),
    )
    await verifyMfa(gateway, await loginChallenge(gateway, person.email), nextCode(gateway, person))
    const recovery = await loginChallenge(gateway, person.email)
    await verifyMfa(gateway, recovery, person.recoveryCodes[0] ?? '')
    expect(await readValue('gateway_sign_ins_total', { method: 'pwd', result: 'challenge' })).toBe(3)
    expect(await readValue('gateway_sign_ins_total', { method: 'totp', result: 'failed' })).toBe(1)
    expect(await readValue('gateway_sign_ins_total', { method: 'totp', result: 'success' })).toBe(1)
    expect(await readValue('gateway_sign_ins_total', { method: 'recovery', result: 'success' })).toBe(1)
    const other = await gateway.signUp()
    await issueToken(gateway, await createApiKey(gateway, other.accessToken))
    expect(await readValue('gateway_access_tokens_issued_total', { grant: 'api_key' })).toBe(1)
    await gateway.ask(RegisterPhoneDocument, { input: { phone: newPhone() } })
    await eventually(
      async () => (await readValue('gateway_messages_total', { channel: 'SMS', result: 'sent' })) === 1,
    )
  })

  it('show the stores, their pool, active sessions, messages and the age of the key', async () => {
    const text = await scrape()
    for (const name of ['gateway_database_up', 'gateway_state_store_up'])
      expect(text).toContain(`\n${name} 1\n`)
    expect(await readValue('gateway_database_pool_size', { server: 'primary' })).toBe(10)
    const read = { operation: 'get', result: 'ok' }
    expect(await readValue('gateway_state_store_operation_duration_seconds_count', read)).toBeGreaterThan(5)
    const work = { server: 'primary', result: 'ok' }
    expect(await readValue('gateway_database_work_duration_seconds_count', work)).toBeGreaterThan(5)
    const key = /^gateway_signing_key_age_seconds (\S+)$/m.exec(text)?.[1]
    expect(Number(key)).toBeGreaterThanOrEqual(0)
    expect(text).toContain('\ngateway_signing_key_rotation_seconds 7776000\n')
    expect(text).toMatch(/\ngateway_active_sessions \d+\n/)
    expect(text).toMatch(
      /gateway_build_info\{version="\d+\.\d+\.\d+\S*",database="postgresql",state_store="redis"\} 1/,
    )
  })

  it('have the labels and values that are declared, also with hostile clients', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => `Hostile${index}`)
    for (let sent = 0; sent < names.length; sent += 100) {
      const batch = names.slice(sent, sent + 100)
      await Promise.all(batch.map((name) => gateway.sendText(`query ${name} { __typename }`)))
    }
    await gateway.sendText(`query ${'Long'.repeat(1000)} { __typename }`)
    await gateway.sendText('query Unparsable { ')
    await gateway.sendText('query Invalid { nothing }')
    await gateway.send(LoginDocument, { input: { email: '"} 1\nforged_total 1', password: PASSWORD } })
    await gateway.send(EnrollTotpDocument, {})
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'] as const)
      for (let path = 0; path < 20; path += 1)
        await fetch(`${address}/hostile/${path}?${method}`, { method }).catch(() => undefined)
    const all = await readSeries()
    expect(all.length).toBeLessThan(MOST_SERIES)
    expect(all.filter(({ name }) => !(name in METRICS))).toEqual([])
    expect(findUndeclared(all)).toEqual([])
    const operations = all.filter(({ name }) => name === 'gateway_graphql_operations_total')
    expect(new Set(operations.map(({ labels }) => labels['operation'])).size).toBeLessThanOrEqual(101)
    const others = operations.find(({ labels }) => labels['operation'] === 'other' && labels['code'] === 'OK')
    expect(others?.value).toBeGreaterThan(850)
    expect(Math.max(...all.map(({ line }) => line.length))).toBeLessThan(400)
    const rejected = { operation: 'rejected', code: 'GRAPHQL_PARSE_FAILED' }
    expect(await readValue('gateway_graphql_operations_total', rejected)).toBe(1)
    expect(await runPromtool(['check', 'metrics'], await scrape())).toBe('')
  })
})

/** Lines with a label or a value that no table declares, and labels with more values than their bound. */
function findUndeclared(all: readonly Series[]): string[] {
  const values = new Map<string, Set<string>>()
  return all.flatMap(({ line, name, labels }) => {
    const declared = METRICS[name]?.labels ?? {}
    const histograms: readonly string[] = [...Object.keys(HISTOGRAMS), 'nodejs_gc_duration_seconds']
    const wrong = Object.entries(labels).filter(([label, value]) => {
      if (label === 'le') return !histograms.includes(name)
      const allowed = declared[label]
      if (typeof allowed !== 'number') return !allowed?.includes(value)
      const seen = values.get(`${name} ${label}`) ?? new Set()
      values.set(`${name} ${label}`, seen.add(value))
      return seen.size > allowed + 1
    })
    const isComplete = Object.keys(declared).every((label) => label in labels)
    return wrong.length > 0 || !isComplete ? [line] : []
  })
}

it('every metric has a name that no other kind has', () => {
  const names = [COUNTERS, GAUGES, HISTOGRAMS].flatMap((metrics) => Object.keys(metrics))
  expect(new Set(names).size).toBe(names.length)
})
