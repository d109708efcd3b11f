import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that stands before a server and gets in the way when told to. */
export interface MeddlingProxy {
  readonly port: number
  /** What the server says from now on is dropped, for good. */
  swallow(): void
  /** Passes the `nth` next answer's question on, then resets the connection instead of passing the answer; 0 calls it off. */
  loseAnswer(nth: number): void
  /** How many answers were lost so. */
  lost(): number
  close(): void
}

/** Starts a proxy before a port of the loopback interface. An answer is whatever arrives from the server in one piece. */
export async function startProxy(port: number): Promise<MeddlingProxy> {
  const sockets = new Set<Socket>()
  const state = { swallowing: false, untilLoss: 0, lost: 0 }

  function answer(client: Socket, bytes: Buffer): void {
    if (state.swallowing) return
    if (state.untilLoss > 0 && --state.untilLoss === 0) {
      state.lost += 1
      client.resetAndDestroy()
    } else if (client.writable) {
      client.write(bytes)
    }
  }

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => undefined))
    client.pipe(upstream)
    client.on('close', () => upstream.destroy())
    upstream.on('data', (bytes: Buffer) => answer(client, bytes))
    upstream.on('close', () => client.destroy())
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    swallow: () => void (state.swallowing = true),
    loseAnswer: (nth) => void (state.untilLoss = nth),
    lost: () => state.lost,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
