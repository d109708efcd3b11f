import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Brand } from '../core/brand.ts'
import { renderIdePage } from './ide-page.ts'

/** Files of the IDE. The build copies them into the package, so no file comes from another host. */
const FILES = {
  'react.js': 'text/javascript; charset=utf-8',
  'react-dom.js': 'text/javascript; charset=utf-8',
  'graphiql.js': 'text/javascript; charset=utf-8',
  'graphiql.css': 'text/css; charset=utf-8',
  'start.js': 'text/javascript; charset=utf-8',
  'sign-in.js': 'text/javascript; charset=utf-8',
} as const

/** Same origin only. GraphiQL sets inline style attributes. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Output folder of the build; the same when this file runs from the sources. */
const FOLDER = join(import.meta.dirname, '../../dist/ide')

/**
 * GraphiQL for browsers at `/graphql`, in development only; it works offline. Version 3, because it ships
 * browser files of 1.5 MB: GraphiQL 5 ships none, and the page of `@graphql-yoga/render-graphiql` would add 9
 * MB to the package and needs blob workers in the policy.
 */
export function addIde(app: FastifyInstance, brand: Brand, hasMailbox: boolean): void {
  const page = renderIdePage(brand, hasMailbox)
  for (const [name, type] of Object.entries(FILES)) {
    app.get(`/graphql/ide/${name}`, async (_request, reply) =>
      reply
        .header('cache-control', 'no-cache')
        .type(type)
        .send(await readFile(join(FOLDER, name))),
    )
  }
  app.addHook('onRequest', (request, reply, done) => {
    if (!isPageRequest(request)) return done()
    reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(page)
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
