import { hashSync, verifySync } from '@node-rs/argon2'
import { lowerThreadPriority } from '../resilience/lower-priority.js'

// A thread of the hashing pool. JavaScript, because Node.js starts threads from the file itself.

lowerThreadPriority()

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
