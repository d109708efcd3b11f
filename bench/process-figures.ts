import { readFileSync } from 'node:fs'

/** Microseconds that a process has computed, the kernel's share included; in steps of a hundredth of a second (proc(5)). */
export function computedMicros(pid: number): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user, system] = fields.split(' ').slice(11, 13)
  return (Number(user) + Number(system)) * 10_000
}
