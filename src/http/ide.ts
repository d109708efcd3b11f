import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'

/** Files of the IDE, copied into the package when it is built: nothing comes from another host. */
const FILES = {
  'react.js': 'text/javascript; charset=utf-8',
  'react-dom.js': 'text/javascript; charset=utf-8',
  'graphiql.js': 'text/javascript; charset=utf-8',
  'graphiql.css': 'text/css; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
} as const

/** Same origin only; GraphiQL styles its editor with inline style attributes. */
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

/** Where the build puts the files: beside the compiled code, also when this runs from the sources. */
const FOLDER = join(import.meta.dirname, '../../dist/ide')

/** A GraphQL IDE for browsers at `/graphql`, in development only; it works without a network. */
export function addIde(app: FastifyInstance): void {
  for (const [name, type] of Object.entries(FILES)) {
    app.get(`/graphql/ide/${name}`, async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .type(type)
        .send(await readFile(join(FOLDER, name))),
    )
  }
}

/** The page itself with its content security policy. */
export const IDE_PAGE = { html: PAGE, policy: POLICY } as const
