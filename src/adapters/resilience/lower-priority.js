import { constants, setPriority } from 'node:os'

/**
 * Lowers the priority of the current thread, so that threads which serve requests, here and in other
 * processes, take precedence. Only Linux has priorities of threads: elsewhere it would apply to the whole
 * process, so nothing changes. JavaScript, because threads import it.
 */
export function lowerThreadPriority() {
  try {
    if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // A sandbox forbids it: normal priority.
  }
}
