import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { Readable, type Transform } from 'node:stream'
import { createBrotliCompress, createGzip, constants } from 'node:zlib'
import { parseResponse } from '../../test/support/raw-http.ts'
import { tally, type Attack } from './attack.ts'
import { encodeChunk, streamRequest } from './stream-request.ts'
import type { Target } from './target.ts'

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
/** A gigabyte. */
const BOMB = 2 ** 30
const MB = 1_000_000

/** Slow and large requests. */
export const BOMB_ATTACKS: readonly Attack[] = [
  {
    name: 'a gigabyte of zeros in gzip',
    expected: '415, under 20 MB',
    run: (target) => sendBomb(target, 'gzip', () => createGzip({ level: 1 })),
  },
  {
    name: 'a gigabyte of zeros in brotli',
    expected: '415, under 20 MB',
    run: (target) =>
      sendBomb(target, 'br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })),
  },
  {
    name: '100 connections with slow headers, and 100 with a slow body',
    expected: '408 ×200; other requests succeed',
    slow: true,
    async run(target) {
      const starts = [`${HEAD}X-A: `, `${HEAD}Content-Length: 90000\r\n\r\n{"query":"`]
      const drips = await Promise.all(
        Array.from({ length: 200 }, (_, index) => drip(target.port, starts[index % 2] ?? '')),
      )
      const meanwhile = await target.query('{ __typename }')
      await Promise.all(drips.map(({ closed }) => closed))
      const ends = tally(drips.map(({ seen }) => parseResponse(seen()).status))
      return `${ends}; other requests ${meanwhile.code === 'ok' ? 'succeed' : 'fail'}`
    },
  },
]

async function sendBomb(target: Target, encoding: string, pack: () => Transform): Promise<string> {
  const { port, pid } = target
  for (let warm = 0; warm < 200; warm += 1) await target.query('{ __typename }')
  const before = residentBytes(pid)
  let peak = before
  const sampling = setInterval(() => (peak = Math.max(peak, residentBytes(pid))), 10)
  const head = `${HEAD}Content-Encoding: ${encoding}\r\nTransfer-Encoding: chunked\r\n\r\n`
  const status = await streamRequest(port, head, () => zeros().pipe(pack()), encodeChunk)
  clearInterval(sampling)
  const growth = peak - before
  return `${status}, ${growth < 20 * MB ? 'under 20 MB' : `${Math.round(growth / MB)} MB`}`
}

function zeros(): Readable {
  const part = Buffer.alloc(2 ** 20)
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < BOMB; sent += part.length) yield part
    })(),
  )
}

/** A connection that sends the start of a request, and then one byte every 200 ms until it is closed. */
interface Drip {
  readonly seen: () => string
  readonly closed: Promise<unknown>
}

async function drip(port: number, start: string): Promise<Drip> {
  const socket = connect(port, '127.0.0.1')
  let seen = ''
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(start)
  const timer = setInterval(() => socket.writable && socket.write('x'), 200)
  // A byte after the server has closed the connection causes an error, which is expected.
  const closed = new Promise((resolve) => socket.once('close', resolve)).finally(() => clearInterval(timer))
  return { seen: () => seen, closed }
}

/** Resident memory of a process in bytes, from /proc, so on Linux only. */
function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
