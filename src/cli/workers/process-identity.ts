import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A text that no other process has had under this id: the id may have been assigned again since. Null if
 * there is no such process.
 */
export function identifyProcess(pid: number): string | null {
  try {
    return process.platform === 'linux' ? readLinuxStart(pid) : readStart(pid)
  } catch {
    return null
  }
}

/** The boot, and the start of the process in clock ticks since then (proc_pid_stat(5), field 22). */
function readLinuxStart(pid: number): string | null {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  // The second field is the name of the program in parentheses, which can contain spaces.
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\) )/s)
  const [state, ...others] = fields.split(' ')
  return state === 'Z' ? null : `${boot} ${others[18]}`
}

/** The start in seconds, as `ps` of macOS and the BSDs prints it. */
function readStart(pid: number): string {
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
}
