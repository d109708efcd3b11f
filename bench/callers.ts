import { Connection, quantile } from './open-loop.ts'
import { readCpuMicros } from './process-figures.ts'
import type { Server } from './servers.ts'

/**
 * The next request of one caller, which has a connection of its own; null when it has none left. `last`: the
 * previous response to this caller, null at first.
 */
export type Caller = (last: string | null) => Buffer | null

/** Figures of one load. */
export interface Figures {
  readonly count: number
  readonly perSecond: number
  /** CPU time of the server per request in microseconds, with all its threads. */
  readonly cpu: number
  readonly p50: number
  readonly p99: number
}

/**
 * Callers that each send the next request after the previous response, for some seconds or until they have
 * none left. Throws if a response is an error.
 */
export async function runCallers(
  { address, pid }: Server,
  callers: readonly Caller[],
  seconds = Infinity,
): Promise<Figures> {
  const port = Number(new URL(address).port)
  const times: number[] = []
  const [start, computed] = [performance.now(), readCpuMicros(pid)]
  const until = start + seconds * 1000
  await Promise.all(
    callers.map(async (next) => {
      const connection = new Connection(port)
      let last: string | null = null
      while (performance.now() < until) {
        const request = next(last)
        if (!request) break
        last = await send(connection, request, times)
      }
      connection.socket.destroy()
    }),
  )
  const count = times.length
  return {
    count,
    perSecond: count / ((performance.now() - start) / 1000),
    cpu: (readCpuMicros(pid) - computed) / count,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
  }
}

function send(connection: Connection, request: Buffer, times: number[]): Promise<string> {
  return new Promise((resolve, reject) =>
    connection.send(request, performance.now(), ({ ok, ms }, response) => {
      times.push(ms)
      if (ok) resolve(response)
      else reject(new Error(`unexpected response: ${response.slice(-500)}`))
    }),
  )
}
