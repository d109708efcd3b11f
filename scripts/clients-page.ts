import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { replacePart } from './page-parts.ts'

const root = resolve(import.meta.dirname, '..')
const file = join(root, 'docs/clients/README.md')

/** A client that tests run against a gateway. */
export interface TestedClient {
  readonly client: string
  /** Packages whose versions are listed. */
  readonly packages: readonly string[]
  readonly transport: string
  /** The tests, as paths below client/test, or below test where they start with `test/`. */
  readonly tests: readonly string[]
}

const HOOKS = 'hooks/rendered-hooks.test.ts'
const PAGES = 'docs/client-pages.test.ts'
const OWN_OPERATIONS = 'packaging/own-operations.test.ts'
const EXPIRY = 'adapters/subscription-expiry.test.ts'
const ROUTERS = 'test/federation/routers.test.ts'
const INSTALLED = 'packaging/installed-package.test.ts'

/** Every client of the pages in docs/clients. */
export const TESTED_CLIENTS: readonly TestedClient[] = [
  {
    client: 'Apollo Client',
    packages: ['@apollo/client', 'rxjs', 'graphql'],
    transport: 'HTTP, WebSocket (GraphQLWsLink)',
    tests: [HOOKS, PAGES, EXPIRY],
  },
  {
    client: 'urql',
    packages: ['urql', '@urql/core'],
    transport: 'HTTP, WebSocket, server-sent events',
    tests: [HOOKS, PAGES, EXPIRY, 'event-streams.test.ts'],
  },
  {
    client: 'TanStack Query with graphql-request',
    packages: ['@tanstack/react-query', 'graphql-request'],
    transport: 'HTTP',
    tests: [HOOKS, PAGES],
  },
  { client: '`fetch`', packages: [], transport: 'HTTP', tests: [PAGES] },
  { client: 'graphql-ws', packages: ['graphql-ws'], transport: 'WebSocket', tests: [HOOKS, PAGES, EXPIRY] },
  {
    client: 'graphql-sse',
    packages: ['graphql-sse'],
    transport: 'server-sent events',
    tests: [PAGES, EXPIRY, 'test/features/event-streams.test.ts'],
  },
  {
    client: 'React on a server',
    packages: ['react-dom'],
    transport: 'HTTP with cookies',
    tests: ['docs/ssr-page.test.ts', 'adapters/server.test.tsx'],
  },
  { client: 'React 19 and 18', packages: ['react', 'react-18'], transport: '', tests: [HOOKS] },
  {
    client: 'GraphQL Code Generator',
    packages: ['@graphql-codegen/cli', '@graphql-codegen/client-preset'],
    transport: '',
    tests: [OWN_OPERATIONS],
  },
  { client: 'TypeScript', packages: ['typescript'], transport: '', tests: [INSTALLED] },
  {
    client: 'Programs with an API key',
    packages: ['ioredis'],
    transport: 'HTTP',
    tests: ['tokens/processes.test.ts', 'tokens/programs-page.test.ts'],
  },
  {
    client: 'Hive Gateway',
    packages: ['@graphql-hive/gateway-runtime', '@theguild/federation-composition'],
    transport: 'HTTP, as a router',
    tests: [ROUTERS],
  },
  {
    client: 'Apollo Gateway',
    packages: ['@apollo/gateway', '@apollo/composition'],
    transport: 'HTTP, as a router',
    tests: [ROUTERS],
  },
  {
    client: 'Apollo Sandbox',
    packages: [],
    transport: 'HTTP, WebSocket, from a page of its origin',
    tests: ['test/http/sandbox.test.ts'],
  },
]

/** The path of a test below the root of the repository. */
export function toRepositoryPath(path: string): string {
  return path.startsWith('test/') ? path : `client/test/${path}`
}

/** `docs/clients/README.md` with its table of versions. */
export async function clientsPage(): Promise<string> {
  const rows = TESTED_CLIENTS.map(({ client, packages, transport, tests }) => {
    // The alias of the older React is no name that a reader can install.
    const versions = packages.map(
      (name) => `${name.replace(/-\d+$/, '')} ${listVersions(name).join(' and ')}`,
    )
    const links = tests.map((path) => `[${path}](../../${toRepositoryPath(path)})`)
    return `| ${client} | ${versions.join(', ')} | ${transport} | ${links.join(', ')} |`
  })
  const head = ['| client | versions | transport | tests |', '| --- | --- | --- | --- |']
  return replacePart(file, 'versions', [...head, ...rows].join('\n'))
}

/** The versions of a package that this repository installs, oldest first. */
export function listVersions(name: string): string[] {
  const versions = [
    'package.json',
    'client/package.json',
    'tools/package.json',
    'tools/federation/package.json',
  ]
    .map((path) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest)
    .flatMap(({ dependencies, devDependencies }) => ({ ...dependencies, ...devDependencies })[name] ?? [])
    // An alias is written `npm:react@18.3.1`.
    .map((version) => version.slice(version.lastIndexOf('@') + 1))
  if (versions.length === 0) throw new Error(`${name} is not installed`)
  return [...new Set(versions)].sort()
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

if (process.argv[1] === import.meta.filename) writeFileSync(file, await clientsPage())
