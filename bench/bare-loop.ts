import { createServer } from 'node:http'
import { USERS } from './servers.ts'

/**
 * A server of one piece of work behind nothing. `POST /?ms=2000` repeats the work for that time, each of 48
 * callers after the end of its last one, and returns how often it ended.
 */
export function serveLoop(work: (caller: number) => unknown): void {
  const runFor = async (ms: number) => {
    const until = performance.now() + ms
    let count = 0
    await Promise.all(
      Array.from({ length: USERS }, async (_, caller) => {
        for (; performance.now() < until; count += 1) await work(caller)
      }),
    )
    return count
  }
  const server = createServer((request, response) => {
    const ms = Number(new URL(request.url ?? '/', 'http://a').searchParams.get('ms'))
    void runFor(ms).then((count) => response.end(String(count)))
  })
  server.listen(0, '127.0.0.1', () => {
    const address = server.address()
    if (typeof address === 'object' && address) console.log(`http://127.0.0.1:${address.port}`)
  })
}
