import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import type { StateStore } from '../../src/ports/state-store.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { postTo } from '../support/servers/gateway-process.ts'

const [, backend] = BACKENDS as readonly [Backend, Backend]
const ME = '{ me { id } }'

/**
 * A listening gateway whose store delays every read and count by `pace.ms`, or blocks them until released.
 */
async function listening(settings: Record<string, string>) {
  const memory = createMemoryStore({ now: Date.now })
  const pace = { ms: 0, blockedBy: Promise.resolve() }
  const delay = () => Promise.all([sleep(pace.ms), pace.blockedBy])
  const store: StateStore = {
    ...memory,
    get: (keys) => delay().then(() => memory.get(keys)),
    reserve: (key, limit) => delay().then(() => memory.reserve(key, limit)),
  }
  /** Blocks the store; returns the function that releases it. */
  function block(): () => void {
    let release = () => {}
    pace.blockedBy = new Promise((resolve) => (release = resolve))
    return release
  }
  const lines: string[] = []
  const log = { write: (line: string) => void lines.push(line) }
  const gateway = await startGateway(backend, { REQUEST_SECONDS: '60', ...settings }, { store, log })
  const { accessToken } = await gateway.signUp()
  const address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  const headers = { authorization: `Bearer ${accessToken}` }
  const ask = (query = ME) => postTo(address, query, {}, headers)
  /** Sends blocked requests until the limit is reached. */
  async function fill(places: number) {
    const release = block()
    const work = Array.from({ length: places }, () => ask())
    await eventually(async () => (await fetch(`${address}/nowhere`)).status === 503)
    return { release, work: Promise.all(work) }
  }
  const entries = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  return { gateway, address, pace, ask, block, fill, entries }
}

/** Keeps the event loop busy; returns the function that stops it. */
function keepLoopBusy(): () => void {
  // The interval starts after each busy period.
  const timer = setInterval(() => {
    const until = performance.now() + 50
    while (performance.now() < until);
  }, 1)
  return () => clearInterval(timer)
}

describe('a gateway above its limit of requests in flight', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })
  async function start(settings: Record<string, string>) {
    const started = await listening(settings)
    running.push(started.gateway)
    return started
  }

  it('rejects the excess at once, serves the rest, and accepts every request soon after (SR-166)', async () => {
    const { ask, fill, gateway } = await start({ MAX_IN_FLIGHT: '5' })
    const metrics = await gateway.app.metrics.listen({ port: 0, host: '127.0.0.1' })
    const { release, work } = await fill(5)
    // No request in flight ends before all of these are answered.
    const refused = await Promise.all(Array.from({ length: 50 }, () => ask()))
    const scrape = await (await fetch(metrics)).text()
    expect(scrape).toContain('\ngateway_requests_in_flight 5\n')
    expect(Number(/^gateway_requests_shed_total (\d+)$/m.exec(scrape)?.[1])).toBeGreaterThanOrEqual(50)
    release()
    for (const { status, code, headers, errors } of refused) {
      expect([status, code, headers.get('retry-after')]).toEqual([503, 'SERVICE_UNAVAILABLE', '1'])
      expect(errors?.[0]?.extensions['retryAfter']).toBe(1)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
    }
    for (const { data } of await work) expect(data?.['me']).toBeDefined()
    const after = await Promise.all(Array.from({ length: 5 }, () => ask()))
    expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  })

  it('logs that it rejects requests, and when it accepts every request again', async () => {
    const { ask, fill, entries } = await start({ MAX_IN_FLIGHT: '5', LOG_LEVEL: 'info' })
    const find = (name: string) => entries().filter(({ event }) => event === name)
    const { release, work } = await fill(5)
    await Promise.all(Array.from({ length: 50 }, () => ask()))
    const [shed] = await eventually(async () => find('http.load_shed').length > 0 && find('http.load_shed'))
    expect(shed).toMatchObject({ level: 'warn', log: 'performance', inFlight: 5, limit: 5 })
    release()
    await work
    const [ended] = await eventually(
      async () => find('http.load_shed_ended').length > 0 && find('http.load_shed_ended'),
    )
    const rejected = find('http.load_shed').reduce((sum, entry) => sum + Number(entry['rejected']), 0)
    expect(rejected).toBeGreaterThanOrEqual(51)
    expect(ended).toMatchObject({ level: 'info', log: 'performance', rejected, ms: expect.any(Number) })
  })

  it('logs a pause of its event loop', async () => {
    const { entries } = await start({ LOG_LEVEL: 'info' })
    const until = performance.now() + 800
    while (performance.now() < until);
    const pause = await eventually(async () =>
      entries().find(({ event, ms }) => event === 'process.event_loop_paused' && Number(ms) >= 500),
    )
    expect(pause).toMatchObject({ level: 'warn', log: 'performance' })
  })

  it('still serves health checks and preflights (SR-169)', async () => {
    const { fill, address } = await start({ MAX_IN_FLIGHT: '1', CORS_ORIGINS: 'https://a.example' })
    const { release, work } = await fill(1)
    const preflight = { origin: 'https://a.example', 'access-control-request-method': 'POST' }
    const answers = await Promise.all([
      fetch(`${address}/livez?a=b`),
      fetch(`${address}/graphql`, { method: 'OPTIONS', headers: preflight }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([200, 204])
    const ready = ['/readyz', '/healthz'].map((path) => fetch(`${address}${path}`))
    expect((await fetch(`${address}/livezz`)).status).toBe(503)
    release()
    expect((await Promise.all(ready)).map(({ status }) => status)).toEqual([200, 200])
    await work
  })

  it('does not count slow uploads, and does not read long bodies to reject them (SR-113, SR-166)', async () => {
    const { ask, fill, address } = await start({ MAX_IN_FLIGHT: '2' })
    const port = Number(new URL(address).port)
    const POST = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
    const slow = Array.from({ length: 20 }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.write(`${POST}Content-Length: 90000\r\n\r\n{"query":"`)
      return socket
    })
    await Promise.all(slow.map((socket) => once(socket, 'connect')))
    expect((await ask()).status).toBe(200)
    const { release, work } = await fill(2)
    const long = connect(port, '127.0.0.1')
    long.write(`${POST}Content-Length: 90000\r\n\r\n`)
    const [answer] = (await once(long, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 [\s\S]*connection: close/i)
    for (const socket of [...slow, long]) socket.destroy()
    release()
    await work
  })

  it('limits password checks to a share of the requests in flight (SR-167)', async () => {
    const { ask } = await start({
      MAX_IN_FLIGHT: '8',
      PASSWORD_HASH_PASSES: '50',
      PASSWORD_HASH_CONCURRENCY: '1',
    })
    const login =
      'mutation { login(input: { email: "a@example.com", password: "not this one, no" }) { __typename } }'
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(login)))
    const codes = answers.map(({ code }) => code).sort()
    expect(codes).toEqual([
      'INVALID_CREDENTIALS',
      'INVALID_CREDENTIALS',
      ...Array<string>(6).fill('SERVICE_UNAVAILABLE'),
    ])
  })

  it('lowers the limit while its event loop is saturated, and restores it afterwards (SR-166)', async () => {
    const { ask, fill, block } = await start({ MAX_IN_FLIGHT: '16', MAX_LOOP_PERCENT: '50' })
    const stopBusying = keepLoopBusy()
    // Requests up to the limit are served on a busy loop too; one more lowers the limit.
    const { release, work } = await fill(16)
    await sleep(300)
    release()
    expect((await work).map(({ status }) => status)).toEqual(Array<number>(16).fill(200))
    const releaseLate = block()
    let refused = 0
    const late = Array.from({ length: 16 }, async () => {
      const { status } = await ask()
      if (status === 503) refused += 1
      return status
    })
    // Accepted requests are blocked, so none ends. The limit is half or less.
    await eventually(async () => refused >= 8)
    releaseLate()
    expect((await Promise.all(late)).every((status) => status === 200 || status === 503)).toBe(true)
    stopBusying()
    await eventually(async () => {
      await sleep(300)
      const answers = await Promise.all(Array.from({ length: 16 }, () => ask()))
      return answers.every(({ status }) => status === 200)
    })
  })
})

describe('a GraphQL request', () => {
  it('gets 503 at its deadline, and fields that have not started by then never start (SR-168)', async () => {
    const { ask, pace, gateway } = await listening({ REQUEST_SECONDS: '3' })
    pace.ms = 800
    const create = 'createPost(input: { title: "A title", content: "x" }) { id }'
    const begun = performance.now()
    const answer = await ask(`mutation { ${[...'abcdefgh'].map((name) => `${name}: ${create}`).join(' ')} }`)
    expect([answer.status, answer.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
      '1',
    ])
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2990)
    const posts = async () => (await gateway.sql<{ n: number }>('SELECT count(*) AS n FROM posts'))[0]?.n ?? 0
    await sleep(1200)
    const written = Number(await posts())
    expect(written).toBeGreaterThan(0)
    expect(written).toBeLessThanOrEqual(4)
    await sleep(1500)
    expect(Number(await posts())).toBe(written)
    await gateway.close()
  })

  it('does not start after its client has disconnected', async () => {
    const { block, gateway, address } = await listening({})
    const { accessToken } = await gateway.signUp()
    const release = block()
    const arrived = once(gateway.app.http.app.server, 'request') as Promise<[IncomingMessage]>
    const giveUp = new AbortController()
    const sent = fetch(`${address}/graphql`, {
      method: 'POST',
      signal: giveUp.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${accessToken}` },
      body: JSON.stringify({ query: 'mutation { createPost(input: { title: "A", content: "x" }) { id } }' }),
    }).catch(() => null)
    const [{ socket }] = await arrived
    giveUp.abort()
    await Promise.all([sent, once(socket, 'close')])
    release()
    await sleep(1000)
    expect(await gateway.sql('SELECT id FROM posts')).toEqual([])
    await gateway.close()
  })
})
