/** Bounds how much work runs at a time, possibly over several processes. */
export interface Permits {
  /** Waits for a permit, runs the work and returns the permit. */
  run<Result>(work: () => Promise<Result>): Promise<Result>
}

/** Capacity for password hashes that several processes of a machine share. */
export interface SharedHashing {
  /** Bounds concurrent hashes over all processes. */
  readonly permits: Permits
  /** Number of processes, each of which admits an equal part of the requests. */
  readonly processes: number
}
