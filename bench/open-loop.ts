import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** One response. */
export interface Sample {
  readonly ok: boolean
  readonly status: number
  /** Milliseconds since the scheduled time of the request. */
  readonly ms: number
  readonly retryAfter: boolean
}

/** The outcome of a load. */
export interface Outcome {
  readonly samples: readonly Sample[]
  readonly seconds: number
  /** Requests that were due while all connections were busy. */
  readonly unsent: number
}

/** The request of each turn. */
export type Requests = (turn: number) => Buffer

/**
 * Connections that are open before the load starts, as behind a load balancer: Node.js accepts one new
 * connection per turn.
 */
const CONNECTIONS = 800

/**
 * Sends requests at a fixed rate, independently of the responses. Latency is measured from the scheduled
 * time.
 */
export async function openLoop(
  port: number,
  perSecond: number,
  seconds: number,
  requests: Requests,
): Promise<Outcome> {
  const samples: Sample[] = []
  const all = await openConnections(port)
  const free = [...all]
  let unsent = 0
  const start = performance.now()
  for (let turn = 0; performance.now() - start < seconds * 1000; await sleep(1))
    for (const due = ((performance.now() - start) / 1000) * perSecond; turn < due; turn += 1) {
      const connection = free.pop()
      if (!connection) unsent += 1
      else
        connection.send(requests(turn), start + (turn / perSecond) * 1000, (sample) => {
          samples.push(sample)
          if (sample.status !== 0) free.push(connection)
        })
    }
  const until = performance.now() + 6000
  while (free.length < all.length && performance.now() < until) await sleep(10)
  for (const { socket } of all) socket.destroy()
  return { samples, seconds, unsent }
}

/** Opens connections and completes one request on each. */
async function openConnections(port: number): Promise<Connection[]> {
  const live = Buffer.from('GET /livez HTTP/1.1\r\nHost: a\r\n\r\n')
  const all: Connection[] = []
  while (all.length < CONNECTIONS) {
    const batch = Array.from({ length: 20 }, () => new Connection(port))
    await Promise.all(batch.map((one) => new Promise((resolve) => one.send(live, 0, resolve))))
    all.push(...batch)
  }
  return all
}

/** Sends the next request on each connection after the previous response. */
export async function closedLoop(
  port: number,
  connections: number,
  seconds: number,
  requests: Requests,
): Promise<Outcome> {
  const samples: Sample[] = []
  const until = performance.now() + seconds * 1000
  let turn = 0
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const connection = new Connection(port)
      while (performance.now() < until) {
        const sample = await new Promise<Sample>((resolve) =>
          connection.send(requests(turn++), performance.now(), resolve),
        )
        samples.push(sample)
        if (sample.status === 0) break
      }
      connection.socket.destroy()
    }),
  )
  return { samples, seconds, unsent: 0 }
}

/**
 * A connection with one request at a time. Does little work, because the client shares the machine with the
 * server.
 */
export class Connection {
  readonly socket: Socket
  #text = ''
  #intendedAt = 0
  #done: ((sample: Sample, response: string) => void) | null = null

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (chunk: string) => this.#read(chunk))
    this.socket.on('error', () => this.#end(0))
    this.socket.on('close', () => this.#end(0))
  }

  /** `done` gets the whole response as text. */
  send(request: Buffer, intendedAt: number, done: (sample: Sample, response: string) => void): void {
    this.#intendedAt = intendedAt
    this.#done = done
    this.socket.write(request)
  }

  #read(chunk: string): void {
    this.#text += chunk
    const head = this.#text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = Number(/content-length: (\d+)/i.exec(this.#text)?.[1] ?? 0)
    if (this.#text.length >= head + 4 + length) this.#end(Number(this.#text.slice(9, 12)))
  }

  #end(status: number): void {
    const done = this.#done
    if (!done) return
    const text = this.#text
    this.#text = ''
    this.#done = null
    const sample = {
      status,
      ok: status === 200 && !text.includes('"errors"'),
      ms: performance.now() - this.#intendedAt,
      retryAfter: /retry-after: \d/i.test(text),
    }
    done(sample, text)
  }
}

/** The quantile of some figures; `share`: 0 to 1. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
