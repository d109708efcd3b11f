import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { createGzip } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { parseResponse } from '../support/raw-http.ts'
import { gatewayProcesses, postTo } from '../support/servers/gateway-process.ts'
import { residentBytes } from '../support/servers/processes.ts'

const POST = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'

describe('patience', () => {
  let gateway: TestGateway
  let address: string
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { NODE_ENV: 'development' })
    address = await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
  })
  afterAll(() => gateway.close())

  it('has the limits that docs/http.md names', () => {
    const { headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxRequestsPerSocket } =
      gateway.app.http.app.server
    expect({ headersTimeout, requestTimeout, keepAliveTimeout, timeout, maxRequestsPerSocket }).toEqual({
      headersTimeout: 10_000,
      requestTimeout: 15_000,
      keepAliveTimeout: 72_000,
      timeout: 30_000,
      maxRequestsPerSocket: 10_000,
    })
  })

  it('300 connections that drip, or say nothing, are cut with 408 while others are answered at once (113)', async () => {
    const { server } = gateway.app.http.app
    // Read at each look, once a second: the same code cuts after 10 s and 15 s.
    Object.assign(server, { headersTimeout: 500, requestTimeout: 900 })
    const starts = [
      '',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nX: ',
      `${POST}Content-Length: 90000\r\n\r\n{"query":"`,
    ]
    const drips = await Promise.all(
      Array.from({ length: 300 }, (_, index) => drip(address, starts[index % 3] ?? '')),
    )
    const times: number[] = []
    const open = () => drips.filter(({ socket }) => !socket.closed)
    const begun = performance.now()
    while (open().length > 0 && performance.now() - begun < 10_000) {
      const asked = performance.now()
      expect((await postTo(address, '{ __typename }')).status).toBe(200)
      times.push(performance.now() - asked)
    }
    Object.assign(server, { headersTimeout: 10_000, requestTimeout: 15_000 })
    expect(open()).toHaveLength(0)
    expect(performance.now() - begun).toBeLessThan(6000)
    expect(times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]).toBeLessThan(500)
    const answers = drips.map(({ seen }) => parseResponse(seen()))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([408]))
    expect(answers.every(({ body }) => body.includes('REQUEST_TIMEOUT'))).toBe(true)
  })

  it('a client that asks for much and reads nothing is cut (113)', async () => {
    const { server } = gateway.app.http.app
    server.timeout = 400
    const socket = connect(Number(new URL(address).port), '127.0.0.1')
    const [accepted] = (await once(server, 'connection')) as [Socket]
    server.timeout = 30_000
    socket.on('error', () => undefined)
    socket.pause()
    socket.write('GET /graphql/ide/graphiql.js HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(100))
    const begun = performance.now()
    await once(accepted, 'close')
    expect(performance.now() - begun).toBeLessThan(8000)
    socket.destroy()
  })
})

describe('bombs', () => {
  const { folder, start } = gatewayProcesses()

  // Memory is read from /proc.
  it.skipIf(process.platform !== 'linux')(
    'a gigabyte of zeros, packed or not, is refused and costs less than 20 MB (109)',
    async () => {
      // What is refused here is refused for its size, however busy the machine is.
      const settings = { DATA_DIR: folder(), LOG_LEVEL: 'info', MAX_LOOP_PERCENT: '100' }
      const running = await start(settings)
      for (let index = 0; index < 300; index += 1) await postTo(running.address, '{ __typename }')
      const before = residentBytes(running.child.pid)
      let most = before
      const watch = setInterval(() => (most = Math.max(most, residentBytes(running.child.pid))), 10)
      const packed = await throwAt(running.address, 'Content-Encoding: gzip\r\n', () =>
        zeros(2 ** 30).pipe(createGzip({ level: 1 })),
      )
      const plain = await throwAt(running.address, '', () => zeros(2 ** 30))
      clearInterval(watch)
      expect([packed.status, packed.headers['accept-encoding'], plain.status]).toEqual([415, 'identity', 413])
      expect(most - before).toBeLessThan(20_000_000)
      expect((await postTo(running.address, '{ __typename }')).status).toBe(200)
    },
  )
})

/** A connection that sends a beginning, and then an octet each 50 ms for as long as it may. */
async function drip(address: string, start: string): Promise<{ socket: Socket; seen: () => string }> {
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  let seen = ''
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  if (start !== '') socket.write(start)
  const timer = setInterval(() => start !== '' && socket.writable && socket.write('x'), 50)
  socket.on('close', () => clearInterval(timer))
  return { socket, seen: () => seen }
}

/** So many zeros, a megabyte at a time. */
function zeros(bytes: number): Readable {
  const part = Buffer.alloc(2 ** 20)
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < bytes; sent += part.length) yield part
    })(),
  )
}

/** Posts a stream in chunks and goes on for as long as the other side takes any; its answer. */
/** A body and its answer. A client that is still sending when the connection is closed may lose the answer to the reset (RFC 9112 §9.6): then once more. */
async function throwAt(address: string, header: string, body: () => Readable) {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await throwOnce(address, header, body())
    if (!Number.isNaN(answer.status) || attempt === 20) return answer
    await sleep(100)
  }
}

async function throwOnce(address: string, header: string, stream: Readable) {
  const socket = connect({ port: Number(new URL(address).port), host: '127.0.0.1', allowHalfOpen: true })
  let seen = ''
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
  socket.on('error', () => undefined)
  socket.write(`${POST}${header}Transfer-Encoding: chunked\r\n\r\n`)
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!socket.writable) break
    socket.write(`${chunk.length.toString(16)}\r\n`)
    socket.write(chunk)
    if (!socket.write('\r\n'))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => null)
  }
  if (socket.writable) socket.end('0\r\n\r\n')
  if (!socket.closed) await once(socket, 'close').catch(() => null)
  return parseResponse(seen)
}
