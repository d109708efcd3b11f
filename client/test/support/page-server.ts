import { once } from 'node:events'
import { createServer, request as sendRequest, type Server } from 'node:http'
import { resolve } from 'node:path'
import { build } from 'esbuild'

/** A web server with an application whose gateway is behind the same origin. */
export interface PageServer {
  readonly origin: string
  /** Sends what pages post to `/graphql` to a gateway. */
  pointTo(graphqlUrl: string): void
  close(): Promise<void>
}

/** The application: a client that tests drive by `window.auth`, and a query that sends the token. */
const APPLICATION = `
  import { createAuthClient } from './src/index.ts'
  import { createAuthFetch } from './src/adapters/fetch.ts'
  const transport = new URLSearchParams(location.search).get('transport') ?? 'bearer'
  window.signedOut = []
  window.auth = createAuthClient({ url: '/graphql', transport, onSignedOut: (reason) => signedOut.push(reason) })
  const send = createAuthFetch(auth)
  window.queryMe = async () => {
    const body = JSON.stringify({ query: '{ me { id } }' })
    const response = await send('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    return (await response.json()).data?.me.id ?? null
  }
`

/** Starts the server on a free port of `localhost`, where browsers keep cookies for TLS without TLS. */
export async function startPageServer(): Promise<PageServer> {
  const files = new Map([
    ['/', '<!doctype html><title>Application</title><script type="module" src="/stdin.js"></script>'],
  ])
  for (const [name, text] of await bundle()) files.set(name, text)
  let target = ''
  const server: Server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url ?? '/', 'http://localhost').pathname
    if (path === '/graphql') {
      const { method, headers } = incoming
      const upstream = sendRequest(target, { method, headers }, (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers)
        response.pipe(outgoing)
      })
      upstream.on('error', () => outgoing.destroy())
      return void incoming.pipe(upstream)
    }
    const text = files.get(path)
    const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
    outgoing.writeHead(text === undefined ? 404 : 200, { 'content-type': type }).end(text)
  })
  await once(server.listen(0, 'localhost'), 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    origin: `http://localhost:${address.port}`,
    pointTo: (url) => void (target = url),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bundle(): Promise<(readonly [string, string])[]> {
  const { outputFiles } = await build({
    stdin: { contents: APPLICATION, resolveDir: resolve(import.meta.dirname, '../..') },
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    outdir: '/',
  })
  return outputFiles.map(({ path, text }) => [path, text] as const)
}
