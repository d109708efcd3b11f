import { spawn } from 'node:child_process'
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

/** Signed-in users: requests of a single account would share all lookups. */
export const USERS = 48
/** Number of published posts. */
const POSTS = 200
const CREATE =
  'mutation { createPost(input: { title: "A title of some length", content: "Some **content** of a usual kind, a line or two.", published: true }) { id } }'
const root = resolve(import.meta.dirname, '..')

/** Starts a bare Apollo Server on Fastify. */
export function launchBare(): Promise<Server> {
  return launch([process.execPath, '--import', 'tsx', join(root, 'bench/bare-apollo.ts')], {})
}

/** Starts a bare server that rejects everything, on some cores. */
export function launchBareRejection(cores: string): Promise<Server> {
  const script = join(root, 'bench/bare-refusal.ts')
  return launch(['taskset', '-c', cores, process.execPath, '--import', 'tsx', script], {})
}

/** Starts a gateway with these settings and high limits. `cores`: a list for taskset(1), null for all. */
export async function launchGateway(
  settings: Record<string, string>,
  cores: string | null,
): Promise<Gateway> {
  const pinned = cores === null ? [] : ['taskset', '-c', cores]
  const server = await launch([...pinned, process.execPath, join(root, 'dist/main.js')], {
    PORT: '0',
    LOG_LEVEL: 'warn',
    RATE_LIMIT_SCALE: '1000000',
    ...settings,
  })
  const tokens: string[] = []
  for (let user = 0; user < USERS; user += 1) tokens.push(await signUpAt(server, `person${user}@example.com`))
  for (let post = 0; post < POSTS; post += 1) {
    const { errors } = await postTo(server.address, CREATE, {}, buildHeaders(tokens[post % USERS] ?? null))
    if (errors) throw new Error(JSON.stringify(errors))
  }
  return { ...server, tokens }
}

async function launch(
  [program = '', ...args]: readonly string[],
  settings: Record<string, string>,
): Promise<Server> {
  const child = spawn(program, args, {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-10_000)))
  for (;;) {
    if (child.exitCode !== null) throw new Error(output)
    // The gateway does not log its start at this level, but its greeting contains the address.
    const address = /(http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1]
    if (address) return { address, pid: child.pid ?? 0, stop }
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
