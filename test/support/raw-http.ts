import { once } from 'node:events'
import { connect } from 'node:net'

/** A response without client-side processing. */
export interface RawResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends bytes unchanged to a loopback port and reads until the server closes the connection. */
export async function sendRaw(port: number, text: string | Buffer): Promise<RawResponse> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
  socket.on('error', () => undefined)
  socket.write(text)
  await once(socket, 'close')
  return parseResponse(received)
}

/** Parses the first response in the output of a server. */
export function parseResponse(text: string): RawResponse {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  const [first = '', ...lines] = head.split('\r\n')
  const headers = lines.map((line) => /^([^:]+): ?(.*)$/.exec(line)).filter((match) => match !== null)
  return {
    status: Number(first.split(' ')[1]),
    headers: Object.fromEntries(headers.map(([, name = '', value = '']) => [name.toLowerCase(), value])),
    body,
  }
}
