import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'
import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import { STAMP_BYTES, SntpError, buildRequest, isResponse, parseResponse } from './sntp-packet.ts'

/** An NTP server. */
export interface NtpServer {
  readonly host: string
  readonly port: number
}

/** What a measurement needs. */
export interface SntpDependencies {
  /** The clock of this machine. */
  readonly local: Clock
  readonly random: Random
  /** Milliseconds to wait for the response to one request. Default: 1 s. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = SECOND_MS
/** UDP loses packets: requests that may stay without a response. */
const ATTEMPTS = 3

/**
 * Milliseconds by which the clock of an NTP server is ahead (SNTP, RFC 4330 §5), exact to half a round trip.
 * Rejects with `SntpError`, or with the error of the operating system.
 *
 * Written by hand: `@hapi/sntp`, the one library in wide use, is no longer maintained, knows IPv4 only, and
 * recognizes a response by the time of this machine, which others can guess.
 */
export async function measureNtpOffset(
  { host, port }: NtpServer,
  { local, random, timeoutMs = TIMEOUT_MS }: SntpDependencies,
): Promise<number> {
  const { address, family } = await lookup(host)
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4')
  // One that arrives between two attempts; the attempts have their own.
  socket.on('error', () => undefined)
  try {
    // A connected socket receives packets of this address only, and learns that nothing listens there.
    socket.connect(port, address)
    await once(socket, 'connect')
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const offset = await exchange(socket, { local, random, timeoutMs })
      if (offset !== null) return offset
    }
    throw new SntpError('does not respond')
  } finally {
    socket.close()
  }
}

/** One request and its response; null without one in time. */
async function exchange(
  socket: Socket,
  { local, random, timeoutMs }: Required<SntpDependencies>,
): Promise<number | null> {
  const nonce = random.bytes(STAMP_BYTES)
  const [sentAt, started] = [local(), performance.now()]
  const response = receive(socket, nonce, timeoutMs)
  socket.send(buildRequest(nonce))
  const packet = await response
  if (packet === null) return null
  // The clock may be set between the two: the round trip is measured by another one.
  const receivedAt = sentAt + performance.now() - started
  const { received, sent } = parseResponse(packet)
  return Math.round((received - sentAt + (sent - receivedAt)) / 2)
}

/** The response to the request with a nonce; null after the timeout. Other packets are ignored. */
function receive(socket: Socket, nonce: Buffer, timeoutMs: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(() => resolve(null)), timeoutMs)
    function finish(settle: () => void): void {
      clearTimeout(timer)
      socket.off('message', onMessage)
      socket.off('error', onError)
      settle()
    }
    function onMessage(packet: Buffer): void {
      if (isResponse(packet, nonce)) finish(() => resolve(packet))
    }
    function onError(error: Error): void {
      finish(() => reject(error))
    }
    socket.on('message', onMessage)
    socket.on('error', onError)
  })
}
