/** An access token of a program, as it is stored. */
export interface StoredToken {
  readonly accessToken: string
  /** Milliseconds since the Unix epoch, by the clock of this machine. */
  readonly expiresAt: number
  readonly scopes: readonly string[]
}

/**
 * Where programs keep their token, so that those with one storage share it. `name` identifies the token: see
 * `toTokenName`. Every method rejects with `TokenStorageError` when the storage fails or does not respond.
 */
export interface TokenStorage {
  /** Replaces the token of a name. A reader sees the previous token or this one, never a part of it. */
  save(name: string, token: StoredToken): Promise<void>
  /** The token of a name, even an expired one; null without one. */
  load(name: string): Promise<StoredToken | null>
  /** Whether there is a token that is valid for longer than `marginMs` milliseconds. */
  isValid(name: string, marginMs?: number): Promise<boolean>
  /** Deletes the token of a name; with `accessToken` only if it is that one. */
  delete(name: string, accessToken?: string): Promise<void>
  /**
   * Runs the work while no other process of this storage runs work of this name. A process that is killed
   * meanwhile holds up the others for a bounded time. The work is not interrupted after that time, so two
   * processes may run at once then: both get a token, which is no error.
   */
  exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result>
  /** Closes connections. The process can end then. */
  close(): Promise<void>
}

/** A storage that fails, or settings that name none. The message begins with the variable to look at. */
export class TokenStorageError extends Error {
  override readonly name = 'TokenStorageError'
}

/** Whether a token is valid for longer than `marginMs` at `now`. */
export function isFresh(token: StoredToken | null, now: number, marginMs = 0): token is StoredToken {
  return token !== null && token.expiresAt - now > marginMs
}

/** The clock that storages and sources use; tests replace it. */
export type Clock = () => number
