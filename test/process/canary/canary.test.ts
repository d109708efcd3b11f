import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../../scripts/print-schema.ts'
import { hashClientSecret } from '../../../src/core/client-secrets.ts'
import { LOG_STREAMS } from '../../../src/core/log-streams.ts'
import { EXTREMES, describeOn, removeFolder, temporaryFolder } from '../../support/backends.ts'
import { findWords, findWholeWords, readRedis, readEveryTable, type Searched } from './canary-search.ts'
import { LINKED_LOCAL, NUMBER } from './canary-contacts.ts'
import {
  LOCAL,
  NAME,
  OTHER_LOCAL,
  PASSWORDS,
  SERVICE_SECRET,
  walkWithCanaries,
  type Walk,
} from './canary-walk.ts'
import { byWebhook, messagesAt } from '../../features/message-steps.ts'
import { startGateway, type TestGateway } from '../../support/gateway.ts'
import { RequestOtpDocument } from '../../generated/graphql.ts'
import { startCollector, type Collector } from '../../support/servers/collector.ts'
import { startProvider, type Provider } from '../../support/servers/provider.ts'
import { eventually } from '../../support/servers/processes.ts'

describeOn(EXTREMES, 'a canary', (backend) => {
  let gateway: TestGateway
  let provider: Provider
  let collector: Collector
  let walk: Walk
  let tables: readonly Searched[]
  const log: Searched[] = []
  let logs: string
  // One of the two installations writes the names of the Elastic Common Schema.
  const format = backend.store === 'redis' ? 'ecs' : 'plain'
  beforeAll(async () => {
    logs = temporaryFolder()
    provider = Object.assign(await startProvider(), { answer: () => 503 })
    collector = await startCollector()
    const settings = {
      ...byWebhook(provider),
      // The first transport fails, and its error quotes the request.
      MAIL_TRANSPORTS: 'webhook,outbox',
      LOG_LEVEL: 'debug',
      LOG_DIR: logs,
      LOG_FORMAT: format,
      SLOW_REQUEST_MS: '1',
      OTP_EXPOSE_CODE: 'false',
      OTP_LENGTH: '10',
      RATE_LIMIT_SCALE: '1000',
      INTROSPECTION_CLIENTS: `orders:${hashClientSecret(SERVICE_SECRET)}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    }
    const write = (text: string) => void log.push({ place: 'the log', text })
    gateway = await startGateway(backend, settings, { log: { write } })
  })
  afterAll(async () => {
    await gateway.close()
    await provider.close()
    await collector.close()
    removeFolder(logs)
  })

  /**
   * Leaves a message in delivery, at a provider that does not respond. Returns its code, and a function that
   * makes the provider fail.
   */
  async function leaveMessage(): Promise<{ code: string; fail: () => Promise<void> }> {
    let respond = (_status: number) => {}
    const before = provider.requests.length
    provider.answer = () => new Promise((resolve) => (respond = resolve))
    const node = await gateway.sibling({ MAIL_TRANSPORTS: 'webhook' })
    gateway.passTime(61_000)
    await node.ask(RequestOtpDocument, { input: { email: `${LOCAL}@example.com`, purpose: 'LOGIN' } })
    await eventually(async () => provider.requests.length > before)
    const code = /^(\d{4,10})$/m.exec(messagesAt(provider).at(-1)?.text ?? '')?.[1] ?? ''
    return {
      code,
      async fail() {
        respond(500)
        await eventually(async () => log.some(({ text }) => text.includes('webhook: HTTP status 500')))
        await node.app.close()
      },
    }
  }

  /** What the collector has received, with the failed delivery as the last. */
  async function readTraces(): Promise<Searched> {
    await eventually(async () =>
      collector.spans().some(({ name, hasFailed }) => name === 'deliver message' && hasFailed),
    )
    return { place: 'the traces', text: collector.text() }
  }

  /** The file of each stream so far. */
  async function readLogFiles(): Promise<Searched[]> {
    const read = (stream: string) => readFileSync(join(logs, `${stream}.log`), 'utf8')
    // Lines are written moments after the standard output has them.
    const count = () => LOG_STREAMS.reduce((sum, stream) => sum + read(stream).split('\n').length - 1, 0)
    await eventually(async () => count() >= log.length)
    return LOG_STREAMS.map((stream) => ({ place: `the log of ${stream}`, text: read(stream) }))
  }

  it('sent through every mutation is in no log line, file, error response, table, key or trace (SR-029, SR-062, SR-125, SR-126)', async () => {
    walk = await walkWithCanaries(gateway)
    const { errors, codes, tokens, factors, seen } = walk
    // Each mutation of the schema has succeeded and has been rejected, except logout, which is never
    // rejected.
    const mutations = Object.keys(schemaWithoutServices().getMutationType()?.getFields() ?? {})
    expect(mutations.filter((name) => !seen.get(name)?.has('ok'))).toEqual([])
    expect(mutations.filter((name) => !seen.get(name)?.has('refused'))).toEqual(['logout'])

    await eventually(async () => {
      const rows = await gateway.sql(`SELECT 1 FROM audit_events WHERE event = 'token.refresh.reused'`)
      return rows.length > 0
    })
    const { code, fail } = await leaveMessage()
    expect(code).toMatch(/^\d{10}$/)
    tables = await readEveryTable(gateway, backend.database)
    await fail()
    const redis = await readRedis(gateway.environment['REDIS_URL'])
    const secrets = [...Object.values(PASSWORDS), ...codes, code, ...tokens, ...factors.long, SERVICE_SECRET]
    const address = await gateway.app.metrics.listen({ host: '127.0.0.1', port: 0 })
    const metrics = { place: 'the metrics', text: await (await fetch(address)).text() }
    const files = await readLogFiles()
    const everywhere = [...log, ...files, ...errors, ...tables, ...redis, metrics, await readTraces()]
    expect(findWords(secrets, everywhere)).toEqual([])
    expect(findWholeWords(factors.digits, everywhere)).toEqual([])
    const withoutAccounts = everywhere.filter(({ place }) => !/^table (users|account_changes)$/.test(place))
    expect(findWords([LOCAL, OTHER_LOCAL, LINKED_LOCAL, NUMBER, NAME], withoutAccounts)).toEqual([])
  })

  it('would be found: the searched places are not empty, and the search decodes encodings (SR-125)', async () => {
    for (const table of [
      'users',
      'sessions',
      'audit_events',
      'signing_keys',
      'outgoing_messages',
      'api_keys',
      'account_changes',
    ])
      expect(
        tables.some(({ place }) => place === `table ${table}`),
        table,
      ).toBe(true)
    expect(findWords([LOCAL], tables)).not.toEqual([])
    expect((await readRedis(gateway.environment['REDIS_URL'])).length > 0).toBe(backend.store === 'redis')
    const text = log.map((line) => line.text).join('')
    for (const event of [
      'authn_login_fail',
      'authn_otp_fail',
      'authn_mfa_fail',
      'token.refresh.reused',
      'authz_fail',
      'message transport failed',
    ])
      expect(text).toContain(event)
    expect(text).toContain(format === 'ecs' ? '"log.level":"error"' : '"level":"error"')
    for (const file of await readLogFiles()) {
      const entries = file.text.trim().split('\n')
      expect([file.place, entries.length > 1]).toEqual([file.place, true])
      expect(entries.every((entry) => text.includes(entry))).toBe(true)
    }
    expect(walk.codes.size).toBe(8)
    expect([walk.factors.long.size, walk.factors.digits.size]).toEqual([43, 8])
    expect(findWholeWords(['123456'], [{ place: 'here', text: 'code="123456"' }])).toHaveLength(1)
    const word = 'canary?~é'
    for (const spelling of [
      word,
      encodeURIComponent(word),
      Buffer.from(`${word} and more`).toString('base64'),
      Buffer.from(`${word} and more`).toString('base64url'),
      Buffer.from(word).toString('hex'),
    ])
      expect(findWords([word], [{ place: 'here', text: `… ${spelling} …` }]), spelling).toHaveLength(1)
  })
})
