/** A private signing key as it is kept: sealed, and meaningless without the master secret. */
export interface ManagedKey {
  readonly kid: string
  readonly algorithm: string
  readonly sealed: string
  /** `kid` of the key before it, or the algorithm's name for the first. */
  readonly follows: string
  readonly createdAt: Date
  /** When it begins to sign; until then it is only published. */
  readonly signsFrom: Date
}

/** Signing keys that every node shares, in SQL. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface SigningKeys {
  /** Keys of an algorithm, oldest first. */
  list(algorithm: string): Promise<ManagedKey[]>
  /** Adds a key unless another follows the same one already: of many nodes exactly one adds. True when this call did. */
  add(key: ManagedKey): Promise<boolean>
  /** Replaces what is sealed, only where it is still the same. */
  reseal(kid: string, previous: string, next: string): Promise<void>
  /** Makes a key sign from an earlier time on. */
  signEarlier(kid: string, signsFrom: Date): Promise<void>
  /** Destroys a key. False when there is none. */
  remove(kid: string): Promise<boolean>
}
