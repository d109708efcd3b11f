import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Files of the IDE. The build copies them into the package, so no file comes from another host. */
const FILES = {
  'react.js': 'text/javascript; charset=utf-8',
  'react-dom.js': 'text/javascript; charset=utf-8',
  'graphiql.js': 'text/javascript; charset=utf-8',
  'graphiql.css': 'text/css; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
} as const

/** Same origin only. GraphiQL sets inline style attributes. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>GraphQL authentication gateway</title>
    <link rel="stylesheet" href="/graphql/ide/graphiql.css" />
    <style>html, body, #ide { height: 100%; margin: 0 }</style>
    <link rel="icon" href="data:," />
  </head>
  <body>
    <div id="ide"></div>
    <script src="/graphql/ide/react.js"></script>
    <script src="/graphql/ide/react-dom.js"></script>
    <script src="/graphql/ide/graphiql.js"></script>
    <script src="/graphql/ide/start.js"></script>
  </body>
</html>
`

/** Output folder of the build; the same when this file runs from the sources. */
const FOLDER = join(import.meta.dirname, '../../dist/ide')

/**
 * GraphiQL for browsers at `/graphql`, in development only; it works offline. Version 3, because it ships
 * browser files of 1.5 MB: GraphiQL 5 ships none, and the page of `@graphql-yoga/render-graphiql` would add 9
 * MB to the package and needs blob workers in the policy.
 */
export function addIde(app: FastifyInstance): void {
  for (const [name, type] of Object.entries(FILES)) {
    app.get(`/graphql/ide/${name}`, async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .type(type)
        .send(await readFile(join(FOLDER, name))),
    )
  }
  app.addHook('onRequest', async (request, reply) => {
    if (!isPageRequest(request)) return
    await reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(PAGE)
  })
}

/** Whether a browser asks for the page and not for the result of a query. */
function isPageRequest({ url, method, headers }: FastifyRequest): boolean {
  const [path, query] = url.split('?')
  return (
    method === 'GET' &&
    path === '/graphql' &&
    !query?.includes('query=') &&
    (headers.accept ?? '').includes('text/html')
  )
}
