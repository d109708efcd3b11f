import { once } from 'node:events'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { print } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LoginDocument } from '../../../test/generated/graphql.ts'
import { BACKENDS, type Backend } from '../../../test/support/backends.ts'
import { startGateway, type TestGateway } from '../../../test/support/gateway.ts'
import { createConsumer, type ConsumerProject } from '../support/consumer-project.ts'
import { moveFiles, readPageFiles } from '../support/page-files.ts'

const ORIGIN = 'https://app.example.com'

interface PageModule {
  readonly createPageServer: (settings: { readonly gateway: string; readonly origin: string }) => Server
}

/** The cookies of a response, as a browser sends them back. */
function keepCookies(cookies: Map<string, string>, response: Response): string {
  for (const header of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
    cookies.set(name, value)
  }
  return [...cookies].map((pair) => pair.join('=')).join('; ')
}

describe('the server of ssr.md', () => {
  let project: ConsumerProject
  let gateway: TestGateway
  let server: Server
  let graphqlUrl = ''
  let page = ''
  beforeAll(async () => {
    project = await createConsumer()
    project.write(moveFiles(readPageFiles('docs/clients/ssr.md'), 'ssr'))
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], {
      REFRESH_TRANSPORT: 'cookie',
      PUBLIC_URL: ORIGIN,
      CORS_ORIGINS: ORIGIN,
    })
    graphqlUrl = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
    const outfile = join(project.folder, 'ssr/server.mjs')
    const entryPoints = [join(project.folder, 'ssr/src/server.tsx')]
    await build({ entryPoints, outfile, bundle: true, packages: 'external', format: 'esm', jsx: 'automatic' })
    const { createPageServer } = (await import(/* @vite-ignore */ pathToFileURL(outfile).href)) as PageModule
    server = createPageServer({ gateway: graphqlUrl, origin: ORIGIN })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const address = server.address()
    page = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }, 120_000)
  afterAll(async () => {
    server.close()
    await gateway.close()
    project.remove()
  })

  it('compiles', () => {
    const options = ['--module', 'esnext', '--moduleResolution', 'bundler', '--types', 'node']
    expect(project.compile(6, [...options, 'ssr/src/server.tsx'])).toBe('')
  })

  it('renders the page of the browser that asks, and hands a new refresh token to it', async () => {
    const { email, password } = await gateway.signUp()
    const cookies = new Map<string, string>()
    const signedIn = await fetch(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ORIGIN },
      body: JSON.stringify({ query: print(LoginDocument), variables: { input: { email, password } } }),
    })
    const cookie = keepCookies(cookies, signedIn)
    const before = cookies.get('__Host-gateway-refresh')
    const response = await fetch(page, { headers: { cookie } })
    expect(await response.text()).toContain(`Signed in as ${email}`)
    keepCookies(cookies, response)
    expect(cookies.get('__Host-gateway-refresh')).not.toBe(before)
  })

  it('asks a browser without a session to sign in', async () => {
    expect(await (await fetch(page)).text()).toContain('Please sign in.')
  })
})
