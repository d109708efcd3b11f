import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Base URL of the server that starts shared resources at their first request. */
    sharedResourcesUrl: string
  }
}

/** What test files share: a Redis, a PostgreSQL and the build of the present sources. */
export type ResourceName = 'redis' | 'postgresql' | 'build'

interface Resource {
  /** URL of a server without a database name, or the path of a build. */
  readonly location: string
  readonly stop?: () => Promise<void>
}

/**
 * Starts each resource at the first request of a test file, so that a run that needs none waits for none.
 * Each suite takes a database of its own; suites that break servers start theirs.
 */
export default async function serveSharedResources({ provide }: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<Resource>>()
  const server = createServer((request, response) => void respond(started, request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  provide('sharedResourcesUrl', `http://127.0.0.1:${address.port}`)
  return async () => {
    server.close()
    server.closeAllConnections()
    const resources = await Promise.allSettled(started.values())
    for (const resource of resources) if (resource.status === 'fulfilled') await resource.value.stop?.()
  }
}

async function respond(
  started: Map<string, Promise<Resource>>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const name = (request.url ?? '').slice(1)
  const resource = started.get(name) ?? startResource(name)
  started.set(name, resource)
  try {
    response.end((await resource).location)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

// Imported at first use: a unit test waits for neither the modules nor the servers.
async function startResource(name: string): Promise<Resource> {
  if (name === 'redis') {
    const { startRedis } = await import('./redis.ts')
    const redis = await startRedis()
    return { location: redis.url, stop: () => redis.stop() }
  }
  if (name === 'postgresql') {
    const { startPostgres } = await import('./postgres.ts')
    const postgres = await startPostgres()
    return { location: await postgres.createDatabase(), stop: () => postgres.stop() }
  }
  if (name === 'build') return { location: await buildGateway() }
  throw new Error(`there is no shared resource ${name}`)
}

/**
 * Builds `dist/` unless it is up to date, in a process of its own: vitest's main process must stay
 * responsive.
 */
async function buildGateway(): Promise<string> {
  const root = resolve(import.meta.dirname, '../../..')
  await promisify(execFile)(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { cwd: root })
  return resolve(root, 'dist/main.js')
}
