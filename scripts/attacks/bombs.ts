import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { Readable, type Transform } from 'node:stream'
import { createBrotliCompress, createGzip, constants } from 'node:zlib'
import { parseResponse } from '../../test/support/raw-http.ts'
import { tally, type Attack } from './attack.ts'
import { asChunk, pour } from './pour.ts'
import type { Target } from './target.ts'

const HEAD = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n'
/** A gigabyte. */
const BOMB = 2 ** 30
const MB = 1_000_000

/** Attacks that are patient, or large. */
export const BOMB_ATTACKS: readonly Attack[] = [
  {
    name: 'a gigabyte of zeros by gzip',
    expected: '415, under 20 MB',
    run: (target) => explode(target, 'gzip', () => createGzip({ level: 1 })),
  },
  {
    name: 'a gigabyte of zeros by br',
    expected: '415, under 20 MB',
    run: (target) =>
      explode(target, 'br', () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })),
  },
  {
    name: '100 connections that drip headers, and 100 that drip a body',
    expected: '408 ×200; others are answered',
    slow: true,
    async run(target) {
      const starts = [`${HEAD}X-A: `, `${HEAD}Content-Length: 90000\r\n\r\n{"query":"`]
      const drips = await Promise.all(
        Array.from({ length: 200 }, (_, index) => drip(target.port, starts[index % 2] ?? '')),
      )
      const meanwhile = await target.query('{ __typename }')
      await Promise.all(
        drips.filter(({ socket }) => !socket.closed).map(({ socket }) => once(socket, 'close')),
      )
      const ends = tally(drips.map(({ seen }) => parseResponse(seen()).status))
      return `${ends}; others are ${meanwhile.code === 'ok' ? 'answered' : 'not answered'}`
    },
  },
]

async function explode(target: Target, encoding: string, pack: () => Transform): Promise<string> {
  const { port, pid } = target
  for (let warm = 0; warm < 200; warm += 1) await target.query('{ __typename }')
  const before = residentBytes(pid)
  let most = before
  const watch = setInterval(() => (most = Math.max(most, residentBytes(pid))), 10)
  const head = `${HEAD}Content-Encoding: ${encoding}\r\nTransfer-Encoding: chunked\r\n\r\n`
  const status = await pour(port, head, () => zeros().pipe(pack()), asChunk)
  clearInterval(watch)
  const grown = most - before
  return `${status}, ${grown < 20 * MB ? 'under 20 MB' : `${Math.round(grown / MB)} MB`}`
}

function zeros(): Readable {
  const part = Buffer.alloc(2 ** 20)
  return Readable.from(
    (function* () {
      for (let sent = 0; sent < BOMB; sent += part.length) yield part
    })(),
  )
}

/** A connection that sends a beginning, and then an octet each 200 ms for as long as it may. */
async function drip(port: number, start: string): Promise<{ socket: Socket; seen: () => string }> {
  const socket = connect(port, '127.0.0.1')
  let seen = ''
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  socket.write(start)
  const timer = setInterval(() => socket.writable && socket.write('x'), 200)
  socket.on('close', () => clearInterval(timer))
  return { socket, seen: () => seen }
}

/** Resident set of a process in bytes, from /proc: on another system than Linux this attack cannot be judged. */
function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
