import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

/** A request that a message provider received. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Fields of a form body. */
  readonly form: Readonly<Record<string, string>>
}

/** A fake HTTP API of a provider. */
export interface Provider {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
  /** The response status, or a promise of it. */
  answer: (request: ReceivedRequest) => number | Promise<number>
  close(): Promise<void>
}

/** Starts a provider on loopback. Its responses quote the request, as those of real providers do. */
export async function startProvider(port = 0): Promise<Provider> {
  const requests: ReceivedRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void (async () => {
        const bytes = Buffer.concat(chunks)
        const { method = '', url: path = '', headers } = request
        const form = await parseForm(bytes, headers['content-type'] ?? '')
        const received = { method, path, headers, body: bytes.toString('utf8'), form }
        requests.push(received)
        const status = await provider.answer(received)
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ message: `about ${received.body}` }))
      })()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const provider: Provider = {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    answer: () => 202,
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return provider
}

async function parseForm(bytes: Buffer, type: string): Promise<Record<string, string>> {
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)/.test(type)) return {}
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  return Object.fromEntries(
    [...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]),
  )
}
