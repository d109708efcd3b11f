import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { findBinary } from './find-binary.ts'

/** A TCP port of the loopback interface that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Asks until the answer is neither false, undefined nor an error; throws after `withinMs`. */
export async function eventually<T extends object | string | number | true>(
  ask: () => Promise<T | false | undefined>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const answer = await ask().catch((error: unknown) => ({ failure: error }))
    const failed = typeof answer === 'object' && answer !== null && 'failure' in answer
    if (answer !== false && answer !== undefined && !failed) return answer
    if (performance.now() > deadline)
      throw new Error('it did not happen in time', { cause: failed ? answer.failure : undefined })
    await sleep(20)
  }
}

/** The user that servers run as which refuse to run as root: `postgres` where there is one, else `nobody`. Null: the present user will do. */
export function unprivilegedUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  return { uid: Number(user?.[2] ?? 65534), gid: Number(user?.[3] ?? 65534) }
}

/** On Linux the kernel ends a server whose test process was killed, so that none is left behind. */
const setpriv = process.platform === 'linux' ? findBinary('setpriv') : null

/** Starts a program whose output is of interest only when it fails. */
export function start(
  program: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; cwd?: string } = {},
): ChildProcess {
  const command = setpriv === null ? [program] : [setpriv, '--pdeathsig', 'KILL', '--', program]
  const [first = program, ...rest] = [...command, ...args]
  return spawn(first, rest, { stdio: 'ignore', ...options })
}

/** Ends a process that was started here and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill(signal)
  await gone
}

/** Octets of memory that a process of Linux holds (proc(5)). */
export function residentBytes(pid: number | undefined): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024
}
