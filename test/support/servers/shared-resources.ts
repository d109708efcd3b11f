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

/** What test files share: a Redis, a PostgreSQL with a PgBouncer, and the builds of the present sources. */
export type ResourceName = 'redis' | 'postgresql' | 'pgbouncer' | 'build' | 'client-build' | SharedStore

/** State stores that share their servers. Their location is the JSON of their settings. */
export type SharedStore = 'redis-secured' | 'redis-sentinel' | 'redis-cluster' | 'memcached'

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
  const resource = startOnce(started, name)
  // A busy test process can send a request on a connection that this server is closing as idle.
  response.shouldKeepAlive = false
  try {
    response.end((await resource).location)
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

function startOnce(started: Map<string, Promise<Resource>>, name: string): Promise<Resource> {
  const resource = started.get(name) ?? startResource(name, started)
  started.set(name, resource)
  return resource
}

// Imported at first use: a unit test waits for neither the modules nor the servers.
async function startResource(name: string, started: Map<string, Promise<Resource>>): Promise<Resource> {
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
  if (name === 'pgbouncer') {
    const { startPgBouncer } = await import('./pgbouncer.ts')
    const { location } = await startOnce(started, 'postgresql')
    const pooler = await startPgBouncer(location)
    return { location: pooler.through(location).replace(/\/[^/]+$/, ''), stop: () => pooler.stop() }
  }
  if (name === 'memcached') {
    const { startMemcached } = await import('./memcached.ts')
    const memcached = await startMemcached()
    const settings = { MEMCACHED_SERVERS: memcached.address }
    return { location: JSON.stringify(settings), stop: () => memcached.stop() }
  }
  if (name.startsWith('redis-')) {
    const { REDIS_SHAPES } = await import('./redis-shapes.ts')
    const installation = await REDIS_SHAPES.find((shape) => shape.resource === name)?.start()
    if (!installation) throw new Error(`there is no shape ${name}`)
    return { location: JSON.stringify(installation.settings), stop: () => installation.stop() }
  }
  if (name === 'build') return { location: await buildPackage(['scripts/build.ts'], 'dist/main.js') }
  if (name === 'client-build')
    return { location: await buildPackage(['scripts/build-client.ts', '--no-check'], 'client/dist') }
  throw new Error(`there is no shared resource ${name}`)
}

/**
 * Builds a package in a process of its own: vitest's main process must stay responsive. Returns the absolute
 * path of the result.
 */
async function buildPackage(command: readonly string[], result: string): Promise<string> {
  const root = resolve(import.meta.dirname, '../../..')
  await promisify(execFile)(process.execPath, ['--import', 'tsx', ...command], { cwd: root })
  return resolve(root, result)
}
