import { once } from 'node:events'
import { connect } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseResponse } from '../../test/support/raw-http.ts'

/**
 * Sends the start of a request and then a stream until the server stops reading; returns the response status.
 * A connection that is reset during a write may lose the response, and the request is then repeated.
 */
export async function streamRequest(
  port: number,
  head: string,
  stream: () => Readable,
  frame: (piece: Buffer) => Buffer = (piece) => piece,
): Promise<number | 'reset'> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const response = await streamOnce(port, head, stream(), frame)
    if (response !== '') return parseResponse(response).status
  }
  return 'reset'
}

async function streamOnce(
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
    // Time to read the response before further data causes a reset.
    await sleep(1)
  }
  if (socket.writable) socket.end()
  await closed
  return seen
}

/** Encodes a part of a body for `Transfer-Encoding: chunked`. */
export function encodeChunk(piece: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')])
}
