import { once } from 'node:events'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseResponse } from '../../test/support/raw-http.ts'

/**
 * Sends a beginning and then a stream, for as long as the other side takes any; the status that comes back. A connection that is
 * cut while it is written to may lose the answer on its way: then it is tried again.
 */
export async function pour(
  port: number,
  head: string,
  stream: () => Readable,
  frame: (piece: Buffer) => Buffer = (piece) => piece,
): Promise<number | 'cut'> {
  for (let tried = 0; tried < 5; tried += 1) {
    const answer = await pourOnce(port, head, stream(), frame)
    if (answer !== '') return parseResponse(answer).status
  }
  return 'cut'
}

async function pourOnce(
  port: number,
  head: string,
  stream: Readable,
  frame: (piece: Buffer) => Buffer,
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let seen = ''
  socket.on('data', (chunk: Buffer) => (seen += chunk.toString()))
  socket.on('error', () => undefined)
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.write(head)
  for await (const piece of stream as AsyncIterable<Buffer>) {
    if (!socket.writable || seen !== '') break
    if (!socket.write(frame(piece))) await Promise.race([once(socket, 'drain').catch(() => null), closed])
    // Time for the answer to be read before the connection is reset over what comes after it.
    await sleep(1)
  }
  if (socket.writable) socket.end()
  await closed
  return seen
}

/** A piece of a body as `Transfer-Encoding: chunked` has it. */
export function asChunk(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}
