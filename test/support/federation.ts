import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { FEDERATION_TOOLS } from '../../scripts/install-tools.ts'
import { printSubgraph } from '../../src/composition/resolvers.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { SeenError } from './gateway.ts'
import { end } from './servers/processes.ts'
import { describeWithTools, runProcess } from './tools.ts'

/** The libraries that compose a supergraph. */
export const COMPOSERS = ['apollo', 'guild'] as const
/** The routers that run here, by the file that starts them. */
export const ROUTERS = ['hive-gateway', 'apollo-gateway'] as const
type Router = (typeof ROUTERS)[number]

/** A subgraph for composition. */
export interface Subgraph {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/** The committed schema of this subgraph. */
export const COMMITTED_SUBGRAPH = readFileSync(
  join(resolve(import.meta.dirname, '../..'), 'schema/subgraph.graphql'),
  'utf8',
)

/** The same with some settings. */
export function printSubgraphWith(variables: Readonly<Record<string, string>>): string {
  return printSubgraph(loadConfig({ variables, readFile: () => '' }))
}

/** `describe` for a suite that runs routers and composition libraries of `tools/federation`. */
export function describeWithRouters(title: string, suite: () => void): void {
  describeWithTools(title, suite, FEDERATION_TOOLS)
}

/** The schema of the second subgraph, which `reviews.js` serves. */
export function readReviewsSchema(): string {
  const { output } = runNode(['--input-type=module', '--eval', PRINT_REVIEWS])
  return output
}

const PRINT_REVIEWS = "import { typeDefs } from './reviews.js'; console.log(typeDefs)"

function runNode(args: readonly string[]) {
  return runProcess(process.execPath, args, FEDERATION_TOOLS)
}

/** Composes subgraphs to a supergraph; throws with the errors of the library. */
export async function compose(
  library: (typeof COMPOSERS)[number],
  subgraphs: readonly Subgraph[],
): Promise<string> {
  return runScript('compose.js', [library], JSON.stringify(subgraphs))
}

/** The schema that `@apollo/subgraph` builds from the text of a subgraph. */
export async function buildWithApollo(sdl: string): Promise<string> {
  return runScript('reference.js', [], sdl)
}

async function runScript(script: string, args: readonly string[], input: string): Promise<string> {
  const child = startScript(script, args, input)
  const [output, errors] = await Promise.all([readAll(child.stdout), readAll(child.stderr)])
  if (output === '') throw new Error(errors)
  return output
}

/** A server of `tools/federation`. */
export interface FederationServer {
  readonly url: string
  close(): Promise<void>
}

/** A federated graph: this gateway as the subgraph `auth`, the subgraph `reviews`, and a router. */
export interface FederatedGraph {
  /** URL of the router. */
  readonly url: string
  close(): Promise<void>
}

/** Starts a router and the subgraph `reviews` on a gateway that listens at `authUrl`. */
export async function startGraph(router: Router, authUrl: string): Promise<FederatedGraph> {
  const reviews = await startServer('reviews.js')
  // Apollo Gateway refuses a supergraph with directives of access.
  const access = router === 'apollo-gateway' ? 'off' : 'on'
  const supergraph = await compose('apollo', [
    { name: 'auth', url: authUrl, sdl: printSubgraphWith({ SUBGRAPH_ACCESS: access }) },
    { name: 'reviews', url: reviews.url, sdl: readReviewsSchema() },
  ])
  const server = await startServer(`${router}.js`, supergraph)
  return {
    url: server.url,
    async close() {
      await server.close()
      await reviews.close()
    },
  }
}

/** Starts a server, which reads its standard input and prints its URL. */
export async function startServer(script: string, input = ''): Promise<FederationServer> {
  const child = startScript(script, [], input)
  const errors = readAll(child.stderr)
  const lines = createInterface(child.stdout)
  const [url] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(async () => Promise.reject(new Error(await errors))),
  ])) as [string]
  return { url, close: () => end(child, 'SIGKILL') }
}

function startScript(script: string, args: readonly string[], input: string) {
  const child = spawn(process.execPath, [script, ...args], { cwd: FEDERATION_TOOLS })
  child.stdin.end(input)
  return child
}

async function readAll(stream: Readable): Promise<string> {
  return Buffer.concat((await stream.toArray()) as Buffer[]).toString()
}

/** A response of a router. */
export interface RoutedResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly data: Record<string, unknown> | null | undefined
  readonly errors: readonly SeenError[]
}

/** A client of a router. */
export interface RoutedClient {
  /** Its address: any of the loopback network 127.0.0.0/8. */
  readonly from?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** Sends an operation to a router, as a client does. */
export async function postTo(
  url: string,
  query: string,
  variables: object = {},
  { from = '127.0.0.1', headers = {} }: RoutedClient = {},
): Promise<RoutedResponse> {
  const outgoing = request(url, {
    method: 'POST',
    localAddress: from,
    headers: { 'content-type': 'application/json', ...headers },
  })
  outgoing.end(JSON.stringify({ query, variables }))
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
  const { data, errors = [] } = JSON.parse(await readAll(incoming)) as Pick<RoutedResponse, 'data'> & {
    errors?: SeenError[]
  }
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, data, errors }
}
