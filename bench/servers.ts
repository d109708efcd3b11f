import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { postTo, signUpAt } from '../test/support/servers/gateway-process.ts'

/** A server in a separate process. */
export interface Server {
  readonly address: string
  readonly pid: number
  stop(): Promise<void>
}

/** A gateway with signed-in users. `tokens`: one of each. */
export interface Gateway extends Server {
  readonly tokens: readonly string[]
}

/** A gateway whose event loop is measured. */
export interface MonitoredGateway extends Server {
  /** The longest time, in milliseconds, that the event loop was held since the last call. */
  readHold(): Promise<number>
}

/** Signed-in users: requests of a single account would share all lookups. */
export const USERS = 48
/** Number of published posts. */
const POSTS = 200
const CREATE =
  'mutation { createPost(input: { title: "A title of some length", content: "Some **content** of a usual kind, a line or two.", published: true }) { id } }'
/** Settings of every gateway: no limit is reached. */
const HIGH_LIMITS = {
  PORT: '0',
  LOG_LEVEL: 'warn',
  RATE_LIMIT_SCALE: '1000000',
  POSTS_PER_USER: '100000000',
  POST_STORAGE_KIB: '100000000',
  SESSIONS_PER_USER: '1000',
  // Tokens of the start are used until the end.
  ACCESS_TOKEN_MINUTES: '60',
} as const
/** Settings of a node without level 4 of the caches. */
export const NO_RESPONSES = { CACHE_RESPONSE_SECONDS: '0' } as const
/** Settings of a node with accounts (level 2) and session records in memory. Needs Redis. */
export const IN_MEMORY = { CACHE_ACCOUNT_SECONDS: '60', CACHE_SESSION_LOCAL_SECONDS: '60' } as const
/** Environment of every other server. */
const PRODUCTION = { NODE_ENV: 'production' } as const
/**
 * Node.js as in production, where a server does not idle between requests: by default V8 discards compiled
 * code that was not used for a while, such as while the other servers are measured.
 */
const NODE = [process.execPath, '--no-flush-bytecode'] as const
const root = resolve(import.meta.dirname, '..')
/** The same for libraries of the gateway. */
const LIBRARIES = join(root, 'bench/production-libraries.js')

/** Starts a bare Apollo Server on Fastify with a PostgreSQL database, on some cores. */
export function launchBare(cores: string, databaseUrl: string): Promise<Server> {
  return launchScript('bare-apollo.ts', cores, databaseUrl)
}

/** Starts a bare Fastify that sends a text of so many bytes, after one MGET if it has a Redis. */
export function launchBareFastify(cores: string, bytes: number, redisUrl?: string): Promise<Server> {
  return launchScript('bare-fastify.ts', cores, String(bytes), ...(redisUrl === undefined ? [] : [redisUrl]))
}

/** Starts a bare server that rejects everything, on some cores. */
export function launchBareRejection(cores: string): Promise<Server> {
  return launchScript('bare-refusal.ts', cores)
}

/** Starts a process that runs one conditional UPDATE again and again when it is asked to, on some cores. */
export function launchBareUpdate(cores: string, databaseUrl: string): Promise<Server> {
  return launchScript('bare-update.ts', cores, databaseUrl)
}

/** Starts a process that repeats one operation with an ES256 signature when it is asked to, on some cores. */
export function launchBareSignature(cores: string, operation: string): Promise<Server> {
  return launchScript('bare-signature.ts', cores, operation)
}

/** Starts the script of another project, on some cores. */
export function launchPeer(
  script: string,
  cores: string,
  environment: Record<string, string>,
): Promise<Server> {
  return launch(['taskset', '-c', cores, ...NODE, script], { ...PRODUCTION, ...environment })
}

function launchScript(name: string, cores: string, ...args: readonly string[]): Promise<Server> {
  const script = join(root, 'bench', name)
  const command = ['taskset', '-c', cores, ...NODE, '--import', 'tsx', script, ...args]
  return launch(command, PRODUCTION)
}

/**
 * Starts a gateway with accounts and posts, these settings and high limits. `cores`: a list for taskset(1),
 * null for all.
 */
export async function launchGateway(
  settings: Record<string, string>,
  cores: string | null,
  nodeOptions: readonly string[] = [],
): Promise<Gateway> {
  const server = await launchNode(settings, cores, nodeOptions)
  const tokens: string[] = []
  for (let user = 0; user < USERS; user += 1) tokens.push(await signUpAt(server, `person${user}@example.com`))
  for (let post = 0; post < POSTS; post += 1) {
    const { errors } = await postTo(server.address, CREATE, {}, buildHeaders(tokens[post % USERS] ?? null))
    if (errors) throw new Error(JSON.stringify(errors))
  }
  return { ...server, tokens }
}

/** Starts a gateway with these settings and high limits, with the data that the stores have. */
export function launchNode(
  settings: Record<string, string>,
  cores: string | null,
  nodeOptions: readonly string[] = [],
): Promise<Server> {
  const pinned = cores === null ? [] : ['taskset', '-c', cores]
  const program = [...NODE, '--import', LIBRARIES, ...nodeOptions, join(root, 'dist/main.js')]
  return launch([...pinned, ...program], {
    ...HIGH_LIMITS,
    ...settings,
  })
}

/** Starts a gateway with these settings and high limits, and measures its event loop. */
export async function launchMonitored(settings: Record<string, string>): Promise<MonitoredGateway> {
  const program = [process.execPath, '--import', join(root, 'bench/loop-monitor.js')]
  const { child, ...server } = await launch([...program, join(root, 'dist/main.js')], {
    ...HIGH_LIMITS,
    ...settings,
  })
  return {
    ...server,
    async readHold() {
      child.send('read')
      const [milliseconds] = (await once(child, 'message')) as [number]
      return milliseconds
    },
  }
}

async function launch(
  [program = '', ...args]: readonly string[],
  settings: Record<string, string>,
): Promise<Server & { readonly child: ChildProcess }> {
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-10_000)))
  for (;;) {
    if (child.exitCode !== null) throw new Error(output)
    // The gateway does not log its start at this level, but its greeting contains the address.
    const address = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1]
    if (address) return { address, pid: child.pid ?? 0, stop, child }
    await sleep(20)
  }
  async function stop(): Promise<void> {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

/** Headers of a request with or without a token. */
export function buildHeaders(token: string | null): Record<string, string> {
  return { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
}
