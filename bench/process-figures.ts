import { readFileSync } from 'node:fs'

/** CPU time of a process in microseconds, user and kernel, in steps of 10 ms (proc(5)). */
export function readCpuMicros(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user, system] = fields.split(' ').slice(11, 13)
  return (Number(user) + Number(system)) * 10_000
}
