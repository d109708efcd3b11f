import { createSocket } from 'node:dgram'
import { once } from 'node:events'

/** An NTP server on loopback whose clock differs by a number of milliseconds. */
export interface NtpServer {
  readonly port: number
  /** Requests so far. */
  readonly requests: Buffer[]
  stop(): Promise<void>
}

/** What a server sends instead of a correct response. */
export interface NtpBehaviour {
  /** Milliseconds by which its clock is ahead. */
  readonly offsetMs?: number
  /** Requests without a response, from the first. */
  readonly lost?: number
  /** Changes each response before it is sent; null sends none. */
  readonly change?: (response: Buffer) => Buffer | null
}

/** Seconds from 1900 to 1970, as NTP counts them. */
const UNIX_EPOCH = 2_208_988_800
const RECEIVE = 32
const TRANSMIT = 40

/** Starts an NTP server that sends the mode, the stratum and the timestamps of RFC 5905. */
export async function startNtpServer(behaviour: NtpBehaviour = {}): Promise<NtpServer> {
  const { offsetMs = 0, lost = 0, change = (response) => response } = behaviour
  const requests: Buffer[] = []
  const socket = createSocket('udp4')
  socket.on('message', (request, { port, address }) => {
    requests.push(request)
    if (requests.length <= lost) return
    const response = Buffer.alloc(48)
    response[0] = 0b00_100_100
    response[1] = 2
    request.copy(response, 24, TRANSMIT, 48)
    for (const offset of [RECEIVE, TRANSMIT]) writeStamp(response, offset, Date.now() + offsetMs)
    const sent = change(response)
    if (sent) socket.send(sent, port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    requests,
    async stop() {
      const closed = once(socket, 'close')
      socket.close()
      await closed
    },
  }
}

/** Writes a time, in milliseconds since 1970, as an NTP timestamp; its era ends in 2036. */
export function writeStamp(packet: Buffer, offset: number, ms: number): void {
  const seconds = Math.floor(ms / 1000)
  packet.writeUInt32BE((seconds + UNIX_EPOCH) % 2 ** 32, offset)
  packet.writeUInt32BE(Math.floor(((ms - seconds * 1000) / 1000) * 2 ** 32), offset + 4)
}
