/** A private signing key as it is stored: sealed under the master secret. */
export interface ManagedKey {
  readonly kid: string
  readonly algorithm: string
  readonly sealed: string
  /** The `kid` of the previous key; the name of the algorithm for the first key. */
  readonly follows: string
  readonly createdAt: Date
  /** When the key starts to sign; before that it is only published. */
  readonly signsFrom: Date
}

/**
 * Signing keys in the database, which all nodes share. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when
 * the database fails.
 */
export interface SigningKeys {
  /** The keys of an algorithm, oldest first. */
  list(algorithm: string): Promise<ManagedKey[]>
  /**
   * Adds a key, unless a key with the same `follows` exists: of many nodes, one adds. True when this call
   * added it.
   */
  add(key: ManagedKey): Promise<boolean>
  /** Replaces the sealed key, only where it is still `previous`. */
  reseal(kid: string, previous: string, next: string): Promise<void>
  /** Moves the time from which a key signs to an earlier one. */
  signEarlier(kid: string, signsFrom: Date): Promise<void>
  /** Removes a key. False when there is none. */
  remove(kid: string): Promise<boolean>
}
