import { connect, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { LogoutDocument } from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { signInAgain } from '../features/session-steps.ts'
import { parseResponse } from '../support/raw-http.ts'
import { eventually } from '../support/servers/processes.ts'

const SUBSCRIPTION = 'subscription { sessionEvents { kind } }'

/** One connection with one request for an event stream. */
interface Reader {
  readonly socket: Socket
  /** Everything received so far. */
  text: string
  closed: boolean
}

describeOn(EXTREMES, 'event streams', (backend) => {
  let gateway: TestGateway
  const readers: Reader[] = []
  afterEach(async () => {
    for (const { socket } of readers.splice(0)) socket.destroy()
    await gateway.close()
  })

  async function start(settings: Record<string, string> = {}): Promise<void> {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ...settings })
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  }

  function readPort(): number {
    const address = gateway.app.http.app.server.address()
    return typeof address === 'object' && address ? address.port : 0
  }

  function request(token: string, headers: Record<string, string> = {}, query = SUBSCRIPTION): Reader {
    const socket = connect(readPort(), '127.0.0.1')
    const reader: Reader = { socket, text: '', closed: false }
    socket.on('data', (chunk: Buffer) => void (reader.text += chunk.toString()))
    socket.on('close', () => void (reader.closed = true))
    socket.on('error', () => undefined)
    const body = JSON.stringify({ query })
    const fields = {
      ...{ host: 'gateway.test', accept: 'text/event-stream', authorization: `Bearer ${token}` },
      ...{ 'content-type': 'application/json', 'content-length': String(body.length) },
      ...headers,
    }
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
    socket.write(['POST /graphql HTTP/1.1', ...lines, '', body].join('\r\n'))
    readers.push(reader)
    return reader
  }

  /** Waits for the first bytes of the body; returns `open`, or the status or the code of the refusal. */
  async function settle(reader: Reader): Promise<string> {
    await eventually(async () => /\r\n\r\n./s.test(reader.text) || reader.closed, 20_000)
    const { status, body } = parseResponse(reader.text)
    if (status !== 200) return String(status)
    const [, reason] = /"reason":"(\w+)"/.exec(body) ?? []
    return reason ?? 'open'
  }

  const open = (token: string, headers?: Record<string, string>) => settle(request(token, headers))
  const openAll = (token: string, times: number, headers?: Record<string, string>) =>
    Promise.all(Array.from({ length: times }, () => open(token, headers)))

  it('have the headers that keep caches and proxies from holding events back', async () => {
    await start({ CORS_ORIGINS: 'https://app.example.com' })
    const { accessToken } = await gateway.signUp()
    const reader = request(accessToken, { origin: 'https://app.example.com' })
    expect(await settle(reader)).toBe('open')
    const { status, headers, body } = parseResponse(reader.text)
    expect([status, body]).toEqual([200, '3\r\n:\n\n\r\n'])
    expect(headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
      'access-control-allow-origin': 'https://app.example.com',
      'transfer-encoding': 'chunked',
    })
    expect(headers['vary']).toContain('Accept')
    await gateway.ask(LogoutDocument, {}, accessToken)
    await eventually(async () => reader.text.endsWith('\r\n0\r\n\r\n'), 20_000)
    const events = reader.text.split('\r\n').filter((line) => line.startsWith('event: '))
    expect(events).toEqual([
      'event: next\ndata: {"data":{"sessionEvents":{"kind":"ENDED"}}}\n\n',
      'event: complete\ndata: \n\n',
    ])
  })

  it('are hidden from pages of foreign origins, and need what forces a preflight', async () => {
    await start({ CORS_ORIGINS: 'https://app.example.com' })
    const { accessToken } = await gateway.signUp()
    const reader = request(accessToken, { origin: 'https://evil.example' })
    await settle(reader)
    expect(parseResponse(reader.text).headers).not.toHaveProperty('access-control-allow-origin')
    const form = request(accessToken, { 'content-type': 'text/plain' })
    expect(await settle(form)).toBe('415')
    const get = await gateway.app.http.app.inject({
      url: `/graphql?query=${encodeURIComponent(SUBSCRIPTION)}`,
      headers: { accept: 'text/event-stream', authorization: `Bearer ${accessToken}` },
    })
    expect(get.body).toContain('"reason":"PREFLIGHT_REQUIRED"')
  })

  it('are chosen by the media types that a request accepts', async () => {
    await start()
    const { accessToken } = await gateway.signUp()
    const ask = async (accept: string, query: string) => {
      const headers = { accept, authorization: `Bearer ${accessToken}`, connection: 'close' }
      const reader = request(accessToken, headers, query)
      await settle(reader)
      return parseResponse(reader.text).headers['content-type']
    }
    const both = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed'
    expect(await ask(both, '{ me { id } }')).toContain('application/graphql-response+json')
    expect(await ask(both, SUBSCRIPTION)).toBe('text/event-stream')
    expect(await ask('text/event-stream, multipart/mixed', SUBSCRIPTION)).toBe('text/event-stream')
    expect(await ask('Text/Event-Stream;q=1', '{ me { id } }')).toBe('text/event-stream')
    expect(await ask('application/json', SUBSCRIPTION)).toContain('application/json')
  })

  it('share the limits per session, account and network with WebSockets (SR-258)', async () => {
    await start({ SOCKETS_PER_SESSION: '3', SOCKETS_PER_ACCOUNT: '4', SOCKETS_PER_NETWORK: '6' })
    const first = await gateway.signUp()
    const second = await signInAgain(gateway, first.email)
    const socket = new WebSocket(`ws://127.0.0.1:${readPort()}/graphql`, 'graphql-transport-ws')
    const isOpen = new Promise((done) => socket.once('message', done))
    socket.on('open', () =>
      socket.send(
        JSON.stringify({
          type: 'connection_init',
          payload: { authorization: `Bearer ${first.accessToken}` },
        }),
      ),
    )
    await isOpen
    const mine = (await openAll(first.accessToken, 3)).toSorted()
    expect(mine).toEqual(['TOO_MANY_SUBSCRIPTIONS', 'open', 'open'])
    const others = (await openAll(second.accessToken, 2)).toSorted()
    expect(others).toEqual(['TOO_MANY_SUBSCRIPTIONS', 'open'])
    const stranger = await gateway.signUp()
    const strangers = (await openAll(stranger.accessToken, 3)).toSorted()
    expect(strangers).toEqual(['429', 'open', 'open'])
    socket.terminate()
    await eventually(async () => (await open(second.accessToken)) === 'open', 10_000)
  })

  it('free their place when the client disconnects (SR-258)', async () => {
    await start({ SOCKETS_PER_SESSION: '1' })
    const { accessToken } = await gateway.signUp()
    const reader = request(accessToken)
    expect(await settle(reader)).toBe('open')
    expect(await open(accessToken)).toBe('TOO_MANY_SUBSCRIPTIONS')
    reader.socket.destroy()
    await eventually(async () => (await open(accessToken)) === 'open', 10_000)
  })

  it('count as work in progress only until they are open, and are rejected under load (SR-258)', async () => {
    await start({ MAX_IN_FLIGHT: '2', PASSWORD_HASH_QUEUE: '1', MAX_LOOP_PERCENT: '100' })
    const { accessToken } = await gateway.signUp(undefined, null)
    expect(await openAll(accessToken, 2)).toEqual(['open', 'open'])
    expect(await openAll(accessToken, 2)).toEqual(['open', 'open'])
    const register =
      'mutation ($e: String!) { register(input: { email: $e, password: "a quiet harbour at dawn" }) { expiresIn } }'
    const busy = Array.from({ length: 8 }, (_, index) =>
      gateway.sendText(register, { e: `busy${index}@example.com` }),
    )
    await turn()
    expect(await open(accessToken)).toBe('503')
    await Promise.all(busy)
  })

  it('end when the server stops, without completing their subscriptions (SR-257)', async () => {
    await start()
    const { accessToken } = await gateway.signUp()
    const opened = [request(accessToken), request(accessToken)]
    for (const reader of opened) expect(await settle(reader)).toBe('open')
    await gateway.app.close()
    await eventually(async () => opened.every(({ closed }) => closed), 5000)
    for (const { text } of opened) {
      expect(text.endsWith('0\r\n\r\n')).toBe(true)
      expect(text).not.toContain('event: complete')
    }
  })
})
