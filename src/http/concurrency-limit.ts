/** A limit of requests in flight that adapts to the load of the event loop. */
export interface ConcurrencyLimit {
  /** Most requests in flight now. */
  readonly current: number
  /** Whether one more request may start while `inFlight` are running. */
  admits(inFlight: number): boolean
  /** Lowers or raises the limit after an interval in which the event loop was busy or not. */
  adapt(interval: { readonly isBusy: boolean }): void
}

/** Factor of the limit after a busy interval in which it was reached. */
const DECREASE = 0.5
/** Share of the maximum that is added after an interval that was not busy. */
const INCREASE = 1 / 40
/** Share of the maximum that is always allowed: work may wait for a dependency and not for the event loop. */
const FLOOR = 1 / 6

/**
 * Additive increase, multiplicative decrease. Once the event loop is saturated, more concurrent requests make
 * none of them faster and only take memory that the garbage collector scans again and again. The limit stays
 * where it is while no request is rejected: a busy loop alone is no overload.
 */
export function createConcurrencyLimit(max: number): ConcurrencyLimit {
  let current = max
  let wasReached = false
  return {
    get current() {
      return current
    },
    admits(inFlight) {
      if (inFlight < current) return true
      wasReached = true
      return false
    },
    adapt({ isBusy }) {
      if (!isBusy) current += Math.ceil(max * INCREASE)
      else if (wasReached) current = Math.floor(current * DECREASE)
      current = Math.min(max, Math.max(max * FLOOR, current))
      wasReached = false
    },
  }
}
