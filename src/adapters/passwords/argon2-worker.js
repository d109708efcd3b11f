import { constants, setPriority } from 'node:os'
import { hashSync, verifySync } from '@node-rs/argon2'

// What a thread of the hashing pool does, and nothing else. JavaScript, because Node.js starts a thread from the file itself.

// On Linux a priority is the thread's own: whoever answers requests, here and in other processes, goes before who hashes.
// Elsewhere the call would slow the whole process down. A sandbox that forbids it loses that and nothing else.
try {
  if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
} catch {
  // It hashes all the same.
}

/**
 * A new PHC string.
 * @param {{ password: string, options: import('@node-rs/argon2').Options }} task
 */
export const hash = ({ password, options }) => hashSync(password, options)

/**
 * Whether a password fits a PHC string.
 * @param {{ password: string, stored: string }} task
 */
export const matches = ({ password, stored }) => verifySync(stored, password)
