import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The server has its own core; the client, PostgreSQL and Redis share the other. */
export const [SERVER_CORE, CLIENT_CORE] = ['0', '1'] as const

/** Pins this process, and those that it starts from now on, to the core of the client. */
export function pinClient(): void {
  execFileSync('taskset', ['-p', '-c', CLIENT_CORE, String(process.pid)])
}

/** CPU time of a process in microseconds, user and kernel, in steps of 10 ms (proc(5)). */
export function readCpuMicros(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user, system] = fields.split(' ').slice(11, 13)
  return (Number(user) + Number(system)) * 10_000
}
