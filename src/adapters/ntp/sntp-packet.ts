/** Times of one exchange, in milliseconds since the Unix epoch. */
export interface ServerTimes {
  /** When the server received the request. */
  readonly received: number
  /** When the server sent the response. */
  readonly sent: number
}

/** Bytes of a packet without extensions (RFC 5905 §7.3). */
export const PACKET_BYTES = 48
/** Bytes of a timestamp. */
export const STAMP_BYTES = 8
/** Leap indicator 0, version 4, mode 3 (client). */
const REQUEST_HEADER = 0b00_100_011
const SERVER_MODE = 4
/** Leap indicator of a server that is not synchronized. */
const UNSYNCHRONIZED = 3
const MAX_STRATUM = 15
/** Offsets of the timestamps. */
const ORIGIN = 24
const RECEIVE = 32
const TRANSMIT = 40
/** Seconds from 1900, the epoch of NTP, to 1970. */
const UNIX_EPOCH = 2_208_988_800
const ERA_SECONDS = 2 ** 32

/** The response of an NTP server that gives no time, or is none. */
export class SntpError extends Error {
  override readonly name = 'SntpError'
}

/**
 * A request. The server returns `nonce` as the origin timestamp: random bytes instead of the time of this
 * machine, so that only the server that has received the request can answer it.
 */
export function buildRequest(nonce: Buffer): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES)
  packet[0] = REQUEST_HEADER
  nonce.copy(packet, TRANSMIT)
  return packet
}

/** Whether a packet responds to the request with this nonce. */
export function isResponse(packet: Buffer, nonce: Buffer): boolean {
  if (packet.length < PACKET_BYTES) return false
  return ((packet[0] ?? 0) & 7) === SERVER_MODE && packet.subarray(ORIGIN, RECEIVE).equals(nonce)
}

/** The times of a response, with the checks of RFC 4330 §5. Throws `SntpError`. */
export function parseResponse(packet: Buffer): ServerTimes {
  const [header = 0, stratum = 0] = packet
  // Stratum 0 is a "kiss-o'-death": the server wants fewer requests.
  if (stratum === 0) throw new SntpError('refuses to tell the time')
  if (header >> 6 === UNSYNCHRONIZED || stratum > MAX_STRATUM) throw new SntpError('is not synchronized')
  if (packet.readBigUInt64BE(TRANSMIT) === 0n) throw new SntpError('sends no time')
  return { received: readStamp(packet, RECEIVE), sent: readStamp(packet, TRANSMIT) }
}

/** Seconds below 2^31 are those of the era that begins in 2036 (RFC 4330 §3). */
function readStamp(packet: Buffer, offset: number): number {
  const seconds = packet.readUInt32BE(offset)
  const fraction = packet.readUInt32BE(offset + 4) / ERA_SECONDS
  const era = seconds < ERA_SECONDS / 2 ? ERA_SECONDS : 0
  return (era + seconds - UNIX_EPOCH + fraction) * 1000
}
