import { createServer, request as sendRequest, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/**
 * A reverse proxy that serves one upstream below a path, as `location /auth/ { proxy_pass … }` of nginx does.
 */
export interface PathProxy {
  readonly origin: string
  /** Sends requests to this loopback port from now on. */
  forwardTo(port: number): void
  close(): Promise<void>
}

/**
 * Starts the proxy. `removesPath`: whether the upstream gets `/graphql` or `/auth/graphql`. Paths that end in
 * the public path below `/.well-known/` are forwarded unchanged; all others are 404.
 */
export async function startPathProxy(path: string, removesPath: boolean): Promise<PathProxy> {
  let port = 0
  function toUpstream({ url = '' }: IncomingMessage): string | null {
    if (url.startsWith('/.well-known/') && url.endsWith(path)) return url
    if (!url.startsWith(`${path}/`)) return null
    return removesPath ? url.slice(path.length) : url
  }
  function open(incoming: IncomingMessage, target: string) {
    const { method, rawHeaders } = incoming
    const headers = [...rawHeaders, 'X-Forwarded-For', incoming.socket.remoteAddress ?? '']
    return sendRequest({ host: '127.0.0.1', port, path: target, method, headers })
  }

  const server = createServer((incoming, outgoing) => {
    const target = toUpstream(incoming)
    if (target === null) return void outgoing.writeHead(404).end()
    const upstream = open(incoming, target).on('response', (response) => {
      outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
      response.pipe(outgoing)
    })
    incoming.pipe(upstream)
  })
  server.on('upgrade', (incoming, socket) => {
    const target = toUpstream(incoming)
    if (target === null) return void socket.destroy()
    open(incoming, target)
      .on('upgrade', (response, upstream) => {
        const { rawHeaders } = response
        const lines = rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
        )
        socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
        upstream.pipe(socket).pipe(upstream)
      })
      .on('response', () => socket.destroy())
      .end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    forwardTo: (upstream) => void (port = upstream),
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
