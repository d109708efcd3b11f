import { ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import { unavailable, AuthError } from '../../core/errors.ts'

/** When a circuit opens and half-opens. */
export interface CircuitBreakerOptions {
  /** Consecutive failures that open the circuit. Default: 5. */
  readonly failures?: number
  /** Milliseconds until an open circuit lets one call through. Default: 500. */
  readonly halfOpenAfterMs?: number
  /** Whether an error is an outage of the backend; others are rethrown, not counted. Default: every one. */
  readonly isOutage?: (error: unknown) => boolean
  /** Called when the circuit opens, also after a failed attempt to close it, and when it closes. */
  readonly onChange?: (state: CircuitState) => void
}

/** An open circuit rejects calls. */
export type CircuitState = 'open' | 'closed'

/** Runs calls to a backend. While the backend is known to be down, calls fail at once. */
export interface CircuitBreaker {
  /**
   * The result of the work. Rejects with `AuthError('SERVICE_UNAVAILABLE')` on an outage or an open circuit.
   */
  run<T>(work: () => Promise<T>): Promise<T>
}

/** A circuit breaker for one backend. */
export function createCircuitBreaker({
  failures = 5,
  halfOpenAfterMs = 500,
  isOutage = () => true,
  onChange = () => undefined,
}: CircuitBreakerOptions = {}): CircuitBreaker {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failures),
  })
  breaker.onBreak(() => onChange('open'))
  breaker.onReset(() => onChange('closed'))
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
