import { once } from 'node:events'
import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'

/** What a proxy does with a request. */
export type ProxyFault = 'drop-response' | 'refuse-connection' | 'overloaded' | 'login-page'

/** A proxy in front of a gateway that counts operations and injects faults. */
export interface CountingProxy {
  readonly url: string
  /** Number of requests whose document calls a field, such as `refresh`, that reached the proxy. */
  count(field: string): number
  /** Bodies and `Authorization` headers of the requests that call a field. */
  sent(field: string): readonly SentRequest[]
  /** Injects a fault into the next `times` requests that call a field. */
  fail(field: string, fault: ProxyFault, times?: number): void
  /** Injects no more faults. */
  repair(): void
  /** Moves to another gateway. */
  pointTo(address: string): void
  close(): Promise<void>
}

/** A request as the proxy received it. */
export interface SentRequest {
  readonly authorization: string | undefined
  readonly body: string
}

/** Starts a proxy on a free port. */
export async function startCountingProxy(address: string): Promise<CountingProxy> {
  const seen: SentRequest[] = []
  const faults: { field: string; fault: ProxyFault; times: number }[] = []
  let target = address

  const calls = (body: string, field: string) => new RegExp(`\\b${field}\\b`).test(body)

  function takeFault(body: string): ProxyFault | null {
    const found = faults.find(({ field, times }) => times > 0 && calls(body, field))
    if (!found) return null
    found.times -= 1
    return found.fault
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    if (incoming.method === 'POST') seen.push({ authorization: incoming.headers.authorization, body })
    const fault = takeFault(body)
    if (fault === 'refuse-connection') return void incoming.socket.destroy()
    if (fault === 'overloaded')
      return void outgoing.writeHead(503, { 'content-type': 'text/html' }).end('busy')
    if (fault === 'login-page')
      return void outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
    const upstream = sendRequest(`${target}${incoming.url ?? ''}`, {
      method: incoming.method,
      headers: incoming.headers,
    })
    upstream.on('error', () => incoming.socket.destroy())
    upstream.on('response', (response) => {
      if (fault === 'drop-response') return void response.resume().on('end', () => incoming.socket.destroy())
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(outgoing)
    })
    upstream.end(body)
  }

  const server = createServer((incoming, outgoing) => void handle(incoming, outgoing))
  const pipes = new Set<Socket>()
  server.on('upgrade', (request, socket: Socket) => pipes.add(pipeUpgrade(target, request, socket)))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${bound.port}/graphql`,
    count: (field) => seen.filter(({ body }) => calls(body, field)).length,
    sent: (field) => seen.filter(({ body }) => calls(body, field)),
    fail: (field, fault, times = 1) => void faults.push({ field, fault, times }),
    repair: () => void faults.splice(0),
    pointTo: (next) => void (target = next),
    async close() {
      for (const socket of pipes) socket.destroy()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Passes a WebSocket on; returns the connection to the gateway. */
function pipeUpgrade(target: string, { url, rawHeaders }: IncomingMessage, socket: Socket): Socket {
  const upstream = connect(Number(new URL(target).port), '127.0.0.1')
  const headers = rawHeaders.map((text, index) => text + (index % 2 === 0 ? ': ' : '\r\n')).join('')
  upstream.write(`GET ${url} HTTP/1.1\r\n${headers}\r\n`)
  upstream.pipe(socket).pipe(upstream)
  for (const end of [upstream, socket]) end.on('error', () => undefined)
  socket.on('close', () => upstream.destroy())
  return upstream.on('close', () => socket.destroy())
}
