/** What a request reads from the state store. */
export interface SessionState {
  /** Values of the keys of the session, in their order; `null` for each absent key. */
  readonly session: readonly (string | null)[]
  /**
   * Values of the other keys, at least as recent as the call of `read`; read once, when first called. Rejects
   * as `StateStore.get` does.
   */
  readonly others: () => Promise<readonly (string | null)[]>
}

/**
 * Reads the state that every request of a session needs. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when
 * the state store fails.
 */
export interface SessionReader {
  read(sessionKeys: readonly string[], otherKeys: readonly string[]): Promise<SessionState>
  /** Closes connections and timers; calling it twice is allowed. */
  close(): Promise<void>
}
