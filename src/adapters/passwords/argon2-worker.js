import { constants, setPriority } from 'node:os'
import { hashSync, verifySync } from '@node-rs/argon2'

// A thread of the hashing pool. JavaScript, because Node.js starts threads from the file itself.

// On Linux the priority applies to this thread only, so that threads which serve requests, here and in other
// processes, take precedence. Elsewhere it would apply to the whole process. If a sandbox forbids it, hashing
// works all the same.
try {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
} catch {
  // Normal priority.
}

/**
 * Hashes a password into a new PHC string.
 * @param {{ password: string, options: import('@node-rs/argon2').Options }} task
 */
export const hash = ({ password, options }) => hashSync(password, options)

/**
 * Whether a password matches a PHC string.
 * @param {{ password: string, stored: string }} task
 */
export const matches = ({ password, stored }) => verifySync(stored, password)
