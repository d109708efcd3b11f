/** Hashes and verifies passwords exactly as given: it never trims, folds, normalises or truncates them. */
export interface PasswordHasher {
  /** A PHC string with a random salt and the configured cost. */
  hash(password: string): Promise<string>
  /**
   * Whether the password matches the stored hash. Without a stored hash it does the same work at the
   * configured cost and returns false.
   */
  matches(stored: string | null, password: string): Promise<boolean>
}

/**
 * Password hashing with a limited capacity. A caller reserves capacity first: a request without a reservation
 * is rejected before anything was counted, looked up or changed for it.
 */
export interface PasswordHashing {
  /**
   * Runs work that hashes, one hash at a time, and holds the reserved capacity until the work ends.
   * Rejects at once with `AuthError('SERVICE_UNAVAILABLE')` when there is no free capacity.
   */
  reserve<T>(work: (hasher: PasswordHasher) => Promise<T>): Promise<T>
  /** Whether a stored hash has the configured cost. */
  isCurrent(stored: string): boolean
}
