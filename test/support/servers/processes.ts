import { spawn, type ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinary } from './find-binary.ts'

/**
 * Below the ports that Linux, macOS and Windows give to connections: such a port would be taken by any
 * connection while the server that it was meant for starts or restarts.
 */
const PORTS = { first: 10_000, end: 32_000 }

/** A process gives a port once, and two of them rarely the same one: each begins anywhere. */
let nextPort = randomInt(PORTS.first, PORTS.end)

/** A free TCP port of the loopback interface. */
export async function freePort(): Promise<number> {
  for (let tries = PORTS.first; tries < PORTS.end; tries += 1) {
    const port = nextPort
    nextPort = port + 1 < PORTS.end ? port + 1 : PORTS.first
    if (await isFree(port)) return port
  }
  throw new Error('no port is free')
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}

/** Polls until the result is neither false, undefined nor an error. Throws after `withinMs`. */
export async function eventually<T extends object | string | number | true>(
  poll: () => Promise<T | false | undefined>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const result = await poll().catch((error: unknown) => ({ failure: error }))
    const failed = typeof result === 'object' && result !== null && 'failure' in result
    if (result !== false && result !== undefined && !failed) return result
    if (performance.now() > deadline)
      throw new Error(`condition not met within ${withinMs} ms`, {
        cause: failed ? result.failure : undefined,
      })
    await sleep(20)
  }
}

/**
 * A user for servers that refuse to run as root: `postgres` if it exists, else uid 65534. Null: the current
 * user.
 */
export function unprivilegedUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres')
  return { uid: Number(user?.[2] ?? 65534), gid: Number(user?.[3] ?? 65534) }
}

/** On Linux the kernel ends a server when its test process is killed. */
const setpriv = process.platform === 'linux' ? findBinary('setpriv') : null

/** Starts a program without its output. */
export function start(
  program: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; cwd?: string } = {},
): ChildProcess {
  const command = setpriv === null ? [program] : [setpriv, '--pdeathsig', 'KILL', '--', program]
  const [first = program, ...rest] = [...command, ...args]
  return spawn(first, rest, { stdio: 'ignore', ...options })
}

/** Ends a child process and waits for its exit. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill(signal)
  await exited
}

/** Resident memory of a Linux process in bytes (proc(5)). */
export function residentBytes(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
