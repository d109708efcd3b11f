import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { systemRandom, type Random } from '../../src/core/secrets.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway, type TestOverrides } from '../support/gateway.ts'

const [backend] = BACKENDS as readonly [Backend]
const PARTS = 1_000_000

type Entry = Readonly<Record<string, unknown>>

describe('the lines of requests', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  /** A gateway whose log is read by event. */
  async function start(settings: Record<string, string>, overrides: TestOverrides = {}) {
    const lines: string[] = []
    const log = { write: (line: string) => void lines.push(line) }
    const gateway = await startGateway(backend, { LOG_LEVEL: 'info', ...settings }, { ...overrides, log })
    running.push(gateway)
    const find = (event: string) =>
      lines.map((line) => JSON.parse(line) as Entry).filter((entry) => entry['event'] === event)
    return { gateway, find }
  }

  /** Draws the numbers of a list for the sample, and random ones for everything else. */
  function drawFrom(drawn: number[]): Random {
    return {
      bytes: (length) => systemRandom.bytes(length),
      integer: (below) => (below === PARTS ? (drawn.shift() ?? 0) : systemRandom.integer(below)),
    }
  }

  it('are written for the sampled share of successful requests, with the rate', async () => {
    const random = drawFrom([249_999, 250_000, 0, 999_999])
    const { gateway, find } = await start({ LOG_API_SAMPLE: '0.25' }, { random })
    for (const name of ['A', 'B', 'C', 'D']) await gateway.sendText(`query ${name} { __typename }`)
    const written = find('http.request_completed')
    expect(written.map(({ operation, sampleRate }) => [operation, sampleRate])).toEqual([
      ['A', 0.25],
      ['C', 0.25],
    ])
  })

  it('are always written for errors and refusals, and so are security events and errors', async () => {
    const { gateway, find } = await start({ LOG_API_SAMPLE: '0' })
    await gateway.sendText('{ __typename }')
    expect(find('http.request_completed')).toEqual([])

    const login = 'mutation Login { login(input: { email: "a@example.com", password: "x" }) { __typename } }'
    await gateway.sendText(login)
    await gateway.sendText('{ nowhere }')
    await gateway.app.http.app.inject('/nowhere')
    const written = find('http.request_completed')
    expect(written.map(({ status, codes }) => [status, codes])).toEqual([
      [200, ['INVALID_CREDENTIALS']],
      [400, ['GRAPHQL_VALIDATION_FAILED']],
      [404, ['NOT_FOUND']],
    ])
    expect(written.every((entry) => !('sampleRate' in entry))).toBe(true)
    expect(find('authn_login_fail')).toHaveLength(1)
  })

  it('have no rate while every one is written', async () => {
    const { gateway, find } = await start({})
    await gateway.sendText('{ __typename }')
    expect(find('http.request_completed').map((entry) => 'sampleRate' in entry)).toEqual([false])
  })

  it('are followed by one more for a slow request, which the sample does not leave out', async () => {
    const memory = createMemoryStore({ now: Date.now })
    const pause = { ms: 0 }
    const store: StateStore = {
      ...memory,
      get: (keys) => sleep(pause.ms).then(() => memory.get(keys)),
    }
    const settings = { LOG_API_SAMPLE: '0', SLOW_REQUEST_MS: '300' }
    const { gateway, find } = await start(settings, { store })
    const { accessToken: token } = await gateway.signUp()
    const countBefore = find('http.request_slow').length
    pause.ms = 400
    await gateway.sendText('query Slow { me { id } }', {}, { token })
    const [entry, ...others] = find('http.request_slow').slice(countBefore)
    expect(others).toEqual([])
    expect(entry).toMatchObject({
      level: 'warn',
      log: 'performance',
      operation: 'Slow',
      route: '/graphql',
      status: 200,
      slowMs: 300,
      userId: expect.any(String),
    })
    expect(entry?.['ms']).toBeGreaterThanOrEqual(300)
  })

  it('have no second one with SLOW_REQUEST_MS=0', async () => {
    const { gateway, find } = await start({ SLOW_REQUEST_MS: '0' })
    await gateway.signUp()
    expect(find('http.request_slow')).toEqual([])
    expect(find('http.request_completed').length).toBeGreaterThan(1)
  })
})
