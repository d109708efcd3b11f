/**
 * The caller of the current work, for adapters that give each caller a share of what they have. It follows
 * asynchronous work, so that neither services nor ports pass a request on.
 */
export interface CallerScope {
  /** The caller of the current work; null for work of the gateway itself. */
  readonly current: string | null
  /** Runs work for a caller who is known by the network only: as `toNetwork` writes it. */
  run<Result>(network: string, work: () => Result): Result
  /** From now on, the current work is that of a signed-in account. Has no effect on work without a caller. */
  setAccount(userId: string): void
  /** Runs work that several callers share, such as one statement for the look-ups of all of them. */
  runShared<Result>(work: () => Result): Result
}
