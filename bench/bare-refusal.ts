import { createServer } from 'node:http'

// A bare Node.js server that rejects every request with a constant response: the minimum cost of an HTTP
// rejection.

const body = JSON.stringify({
  errors: [{ message: 'busy', extensions: { code: 'SERVICE_UNAVAILABLE', retryAfter: 1 } }],
})
const fields = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': String(Buffer.byteLength(body)),
  'cache-control': 'no-store',
  'retry-after': '1',
}
const server = createServer((_, response) => response.writeHead(503, fields).end(body))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object' && address) console.log(`http://127.0.0.1:${address.port}`)
})
