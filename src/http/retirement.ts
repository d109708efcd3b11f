import { once } from 'node:events'
import { Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { KEEP_ALIVE_MS } from './listener.ts'

/**
 * Longest time in which the connections of a retired server end, in milliseconds: each one with its next
 * response, or when it has been idle for the keep-alive timeout, which is checked every second.
 */
const RETIREMENT_MS = KEEP_ALIVE_MS + 3000

/**
 * Stops accepting connections and resolves when the existing ones have ended, or after `RETIREMENT_MS`.
 * Requests on them are served. The server must close each connection with its next response.
 */
export async function endConnections(servers: readonly Server[]): Promise<void> {
  const abort = new AbortController()
  const ended = servers.map((server) => stopAccepting(server))
  await Promise.race([Promise.all(ended), sleep(RETIREMENT_MS, undefined, { signal: abort.signal })])
  abort.abort()
}

/**
 * `close` of `net.Server`: that of `http.Server` also closes idle connections, on which a request can be
 * under way.
 */
async function stopAccepting(server: Server): Promise<void> {
  const closed = once(server, 'close')
  Server.prototype.close.call(server)
  await closed
}
