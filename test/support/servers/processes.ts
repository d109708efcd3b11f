import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinary } from './find-binary.ts'

/** A free TCP port of the loopback interface. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
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
