/** Hashes and checks passwords, taken exactly as they were typed: no trimming, folding, normalising or truncation. */
export interface PasswordHasher {
  /** An argon2id PHC string with a random salt and today's cost. */
  hash(password: string): Promise<string>
  /** Whether the password fits. Without a stored hash the work of today's cost is done in vain, and the answer is false. */
  matches(stored: string | null, password: string): Promise<boolean>
}

/**
 * Hashing, of which a machine can do so much and no more. A place in the line comes first: nobody hashes without one, and
 * whoever finds none is refused before anything was counted, looked up or changed for the request.
 */
export interface Passwords {
  /**
   * Does work that hashes, one hash at a time, with a place kept for it from the start to the end.
   * Rejects at once with `AuthError('SERVICE_UNAVAILABLE')` when every place is taken.
   */
  reserve<T>(work: (hasher: PasswordHasher) => Promise<T>): Promise<T>
  /** Whether a stored hash was made with today's cost. */
  isCurrent(stored: string): boolean
}
