/** Keys of what a request of a session reads. Those of `session` are in one slot, and those of `account`. */
export interface SessionKeys {
  /** The record of the session and the blacklist. */
  readonly session: readonly string[]
  /** The generation of the account; empty if accounts are not cached. */
  readonly account: readonly string[]
  /** What must never be late, such as the generation of posts. */
  readonly others: readonly string[]
}

/** Values of keys, in their order; `null` for each absent key. */
export type StoredValues = readonly (string | null)[]

/**
 * What a request reads from the state store. The functions read nothing twice, and reject as `StateStore.get`
 * does.
 */
export interface SessionState {
  readonly session: StoredValues
  readonly account: () => Promise<StoredValues>
  /** At least as recent as the call of `read`. */
  readonly others: () => Promise<StoredValues>
}

/**
 * Reads the state that every request of a session needs. Values of `session` and `account` may be late by
 * what the implementation states. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the state store fails.
 */
export interface SessionReader {
  read(keys: SessionKeys): Promise<SessionState>
  /** Closes connections and timers; calling it twice is allowed. */
  close(): Promise<void>
}
