import { hash, verify, type Options } from '@node-rs/argon2'

/** Memory in KiB, passes and lanes of argon2id. OWASP Password Storage names this row as its first choice of minimum. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
/** `Algorithm.Argon2id` of the library: an ambient const enum, which isolated modules cannot read. */
const ARGON2ID = 2
const OPTIONS: Options = { ...COST, algorithm: ARGON2ID, outputLen: 32 }

/** Most code points a password may have; NIST SP 800-63B-4 §3.1.1.2 asks for at least 64. */
export const MAX_PASSWORD_CODE_POINTS = 256

/** Hashes and checks passwords, taken exactly as they were typed: no trimming, folding or truncation. */
export interface Passwords {
  /** An argon2id PHC string with a random salt. */
  hash(password: string): Promise<string>
  /** Whether the password fits. Without a stored hash the same work is done in vain, and the answer is false. */
  matches(stored: string | null, password: string): Promise<boolean>
}

/** argon2id in the native thread pool. */
export function createPasswords(): Passwords {
  // Made on first use, so that start-up does not pay for it.
  let decoy: Promise<string> | undefined

  return {
    hash: (password) => hash(password, OPTIONS),
    async matches(stored, password) {
      decoy ??= hash('no account has this password', OPTIONS)
      const fits = await verify(stored ?? (await decoy), password)
      return stored !== null && fits
    },
  }
}

/** Length as people count it: in code points (NIST SP 800-63B-4 §3.1.1.2). */
export function codePointCount(password: string): number {
  let count = 0
  for (const _ of password) count += 1
  return count
}
