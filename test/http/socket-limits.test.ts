import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createMessageMeter } from '../../src/http/socket-limits.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { signInAgain } from '../features/session-steps.ts'
import { eventually } from '../support/servers/processes.ts'

/** A socket with what it received. */
interface Client {
  readonly socket: WebSocket
  readonly received: { readonly type: string; readonly payload?: unknown }[]
  /** `open` once acknowledged; the status of a rejected handshake, or the close event. */
  outcome: string | null
}

const PING = JSON.stringify({ type: 'ping' })
const SUBSCRIBE = 'subscription { sessionEvents { kind } }'

describeOn(EXTREMES, 'WebSockets', (backend) => {
  let gateway: TestGateway
  const clients: Client[] = []
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.terminate()
    await gateway.close()
  })

  async function start(settings: Record<string, string> = {}): Promise<void> {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ...settings })
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  }

  function open(token: string, headers: Record<string, string> = {}): Client {
    const address = gateway.app.http.app.server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws', { headers })
    const client: Client = { socket, received: [], outcome: null }
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
    )
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Client['received'][number]
      if (message.type === 'connection_ack') client.outcome = 'open'
      else client.received.push(message)
    })
    socket.on('close', (code: number, reason: Buffer) => (client.outcome ??= `${code} ${reason.toString()}`))
    socket.on('unexpected-response', (_request, response) => {
      client.outcome = String(response.statusCode)
      response.resume()
    })
    socket.on('error', () => undefined)
    clients.push(client)
    return client
  }

  const settled = (client: Client) => eventually(async () => client.outcome ?? false, 20_000)
  async function openAll(token: string, times: number, headers?: Record<string, string>): Promise<string[]> {
    const opened = Array.from({ length: times }, () => open(token, headers))
    return Promise.all(opened.map(settled))
  }

  it('are limited per session: of 1,500 with one token 20 are open (SR-185)', async () => {
    await start()
    const { accessToken } = await gateway.signUp()
    const outcomes: string[] = []
    // In groups, since the limit per network is a thousand.
    for (let group = 0; group < 15; group += 1) {
      outcomes.push(...(await openAll(accessToken, 100)))
      await eventually(
        async () => clients.filter(({ socket }) => socket.readyState === 1).length === 20,
        5000,
      )
    }
    expect(outcomes.filter((outcome) => outcome === 'open')).toHaveLength(20)
    expect(outcomes.filter((outcome) => outcome === '4429 TOO_MANY_SOCKETS')).toHaveLength(1480)
  })

  it('are limited per account over its sessions, and a closed one frees its place (SR-185)', async () => {
    await start({ SOCKETS_PER_SESSION: '3', SOCKETS_PER_ACCOUNT: '5' })
    const first = await gateway.signUp()
    const second = await signInAgain(gateway, first.email)
    const other = await gateway.signUp()
    expect(await openAll(first.accessToken, 3)).toEqual(Array(3).fill('open'))
    expect((await openAll(second.accessToken, 3)).toSorted()).toEqual([
      '4429 TOO_MANY_SOCKETS',
      'open',
      'open',
    ])
    expect(await openAll(other.accessToken, 3)).toEqual(Array(3).fill('open'))
    const [tab] = clients
    tab?.socket.close()
    await eventually(async () => (await openAll(second.accessToken, 1))[0] === 'open', 5000)
  })

  it('are limited per network, as the proxy reports it (SR-185)', async () => {
    await start({ SOCKETS_PER_NETWORK: '4', TRUST_PROXY: '1' })
    const { accessToken } = await gateway.signUp()
    const from = (address: string) => ({ 'x-forwarded-for': `198.51.100.1, ${address}` })
    const outcomes = await openAll(accessToken, 6, from('203.0.113.7'))
    expect(outcomes.toSorted()).toEqual(['429', '429', ...Array<string>(4).fill('open')])
    expect(await openAll(accessToken, 4, from('203.0.113.8:5555'))).toEqual(Array(4).fill('open'))
  })

  it('are closed when they send too many messages: a flood is answered 50 times (SR-186)', async () => {
    await start()
    const { accessToken } = await gateway.signUp()
    const flood = open(accessToken)
    await settled(flood)
    flood.outcome = null
    for (let sent = 0; sent < 5000; sent += 1) flood.socket.send(PING)
    const served = await Promise.all(
      Array.from({ length: 20 }, () => gateway.sendText('{ me { id } }', {}, { token: accessToken })),
    )
    expect(served.map(({ code }) => code)).toEqual(Array(20).fill(undefined))
    expect(await settled(flood)).toBe('4429 TOO_MANY_MESSAGES')
    // The first of the burst was `connection_init`; the bucket fills by one each 20 ms meanwhile.
    expect(flood.received.length).toBeLessThan(150)
  })

  it('are closed when they ping too often with control frames (SR-186)', async () => {
    await start()
    const flood = open((await gateway.signUp()).accessToken)
    await settled(flood)
    flood.outcome = null
    for (let sent = 0; sent < 500; sent += 1) flood.socket.ping()
    expect(await settled(flood)).toBe('4429 TOO_MANY_MESSAGES')
  })

  it('are closed when they have too many unfinished messages (SR-186)', async () => {
    await start({ SOCKET_UNFINISHED_MESSAGES: '4' })
    const { accessToken } = await gateway.signUp()
    const busy = open(accessToken)
    await settled(busy)
    busy.outcome = null
    for (let id = 0; id < 6; id += 1)
      busy.socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query: SUBSCRIBE } }))
    expect(await settled(busy)).toBe('4429 TOO_MANY_UNFINISHED_MESSAGES')
    expect(busy.received).toEqual([])
  })

  it('share the event loop: others are served between the messages of a flood (SR-186)', async () => {
    await start({ SOCKET_MESSAGES_PER_SECOND: '100000', SOCKET_UNFINISHED_MESSAGES: '10000' })
    const [{ accessToken }, other] = [await gateway.signUp(), await gateway.signUp()]
    const [flood, bystander] = [open(accessToken), open(other.accessToken)]
    await Promise.all([flood, bystander].map(settled))
    for (let sent = 0; sent < 20_000; sent += 1) flood.socket.send(PING)
    await turn()
    bystander.socket.send(PING)
    const ready = gateway.app.http.app.inject('/readyz').then(() => flood.received.length)
    const me = gateway
      .sendText('{ me { id } }', {}, { token: other.accessToken })
      .then(() => flood.received.length)
    await once(bystander.socket, 'message')
    const before = flood.received.length
    await eventually(async () => flood.received.length === 20_000, 30_000)
    for (const answered of [before, await ready, await me]) expect(answered).toBeLessThan(20_000)
  })

  it('are rejected while the server sheds load (SR-187)', async () => {
    await start({ MAX_IN_FLIGHT: '2', PASSWORD_HASH_QUEUE: '1', MAX_LOOP_PERCENT: '100' })
    const { accessToken } = await gateway.signUp(undefined, null)
    const calm = open(accessToken)
    await settled(calm)
    // Registrations with a password hash it, which takes a while.
    const busy = Array.from({ length: 8 }, (_, index) =>
      gateway.sendText(
        'mutation ($e: String!) { register(input: { email: $e, password: "a quiet harbour at dawn" }) { expiresIn } }',
        { e: `busy${index}@example.com` },
      ),
    )
    await turn()
    const late = open(accessToken)
    calm.socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: SUBSCRIBE } }))
    expect(await settled(late)).toBe('503')
    await eventually(async () => calm.received.length > 0, 5000)
    expect(JSON.stringify(calm.received)).toContain('"code":"SERVICE_UNAVAILABLE"')
    await Promise.all(busy)
    expect(await openAll(accessToken, 1)).toEqual(['open'])
  })
})

describe('the messages of a socket', () => {
  const limits = { perSession: 1, perAccount: 1, perNetwork: 1, messagesPerSecond: 10, unfinishedMessages: 3 }

  it('are counted by a bucket that fills again (SR-186)', () => {
    let time = 0
    const meter = createMessageMeter(limits, () => time)
    const send = (times: number) =>
      Array.from({ length: times }, () => {
        const refusal = meter.arrive()
        if (refusal === null) meter.finish()
        return refusal
      }).filter((refusal) => refusal === null).length
    expect([send(15), send(1)]).toEqual([10, 0])
    time += 500
    expect(send(10)).toBe(5)
    time += 60_000
    expect(send(15)).toBe(10)
  })

  it('are refused while too many are unfinished (SR-186)', () => {
    const meter = createMessageMeter(limits, () => 0)
    expect([1, 2, 3, 4].map(() => meter.arrive())).toEqual([null, null, null, 'TOO_MANY_UNFINISHED_MESSAGES'])
    meter.finish()
    expect(meter.arrive()).toBe(null)
  })
})
