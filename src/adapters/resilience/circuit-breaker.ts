import { ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import { unavailable, AuthError } from '../../core/errors.ts'

/** When a circuit opens and how soon it lets one call through again. */
export interface CircuitBreakerOptions {
  /** Failures in a row that open it. */
  readonly failures: number
  /** Milliseconds until one call is tried again. */
  readonly halfOpenAfterMs: number
  /** Which failures are the backend's; any other passes through unchanged and counts for nothing. */
  readonly isOutage: (error: unknown) => boolean
}

/** Runs calls to a backend; while the backend is known to be down, fails them at once instead of letting each wait. */
export interface CircuitBreaker {
  /** The result of the work. An outage, or an open circuit, rejects with `AuthError('SERVICE_UNAVAILABLE')`. */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** A circuit breaker for one backend. */
export function createCircuitBreaker({
  failures,
  halfOpenAfterMs,
  isOutage,
}: CircuitBreakerOptions): CircuitBreaker {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failures),
  })
  return {
    async run(work) {
      try {
        return await breaker.execute(work)
      } catch (error) {
        if (error instanceof AuthError) throw error
        if (isOutage(error) || isOpenCircuit(error)) throw unavailable(error)
        throw error
      }
    },
  }
}

function isOpenCircuit(error: unknown): boolean {
  return error instanceof Error && 'isBrokenCircuitError' in error
}
