import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy in front of a server that can inject faults. */
export interface FaultProxy {
  readonly port: number
  /** Drops all further responses of the server. */
  dropResponses(): void
  /**
   * Resets the connection instead of forwarding the `nth` next response; 0 cancels. The command itself is
   * forwarded.
   */
  loseResponse(nth: number): void
  /** Delays all further responses of the server by some milliseconds. */
  delayResponses(ms: number): void
  /** Sends this error for every further command, which is not forwarded; null: forwards again. */
  respondWith(error: string | null): void
  /** Number of lost responses. */
  lost(): number
  close(): void
}

/** Starts a proxy for a loopback port. One chunk from the server counts as one response. */
export async function startProxy(port: number): Promise<FaultProxy> {
  const sockets = new Set<Socket>()
  const state = { isDropping: false, untilLoss: 0, lost: 0, delayMs: 0, error: null as string | null }

  function respond(client: Socket, bytes: Buffer): void {
    if (state.isDropping) return
    if (state.untilLoss > 0 && --state.untilLoss === 0) {
      state.lost += 1
      client.resetAndDestroy()
    } else if (state.delayMs > 0) {
      setTimeout(() => client.writable && client.write(bytes), state.delayMs).unref()
    } else if (client.writable) {
      client.write(bytes)
    }
  }

  /** A command is an array of bulk strings (RESP, `*3\r\n…`). */
  function forward(client: Socket, upstream: Socket, bytes: Buffer): void {
    if (state.error === null) upstream.write(bytes)
    else client.write(`-${state.error}\r\n`.repeat(bytes.toString().split(/(?:^|\r\n)\*\d+\r\n/).length - 1))
  }

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined))
    client.on('data', (bytes: Buffer) => forward(client, upstream, bytes))
    client.on('end', () => upstream.end())
    client.on('close', () => upstream.destroy())
    upstream.on('data', (bytes: Buffer) => respond(client, bytes))
    upstream.on('close', () => client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    dropResponses: () => void (state.isDropping = true),
    loseResponse: (nth) => void (state.untilLoss = nth),
    delayResponses: (ms) => void (state.delayMs = ms),
    respondWith: (error) => void (state.error = error),
    lost: () => state.lost,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
