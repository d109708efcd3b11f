import type { Logger } from '../../ports/logger.ts'
import type { CircuitState } from './circuit-breaker.ts'

/**
 * Logs when the circuit of a backend opens and when it closes, once for each outage. `backend`: a fixed name,
 * such as `redis reads`.
 */
export function logCircuit(log: Logger, backend: string): (state: CircuitState) => void {
  let openedAt: number | null = null
  return (state) => {
    if (state === 'open') {
      // An attempt to close it has failed.
      if (openedAt !== null) return
      openedAt = performance.now()
      log.warn({ event: 'circuit.opened', backend }, 'calls to a failing backend are rejected')
    } else if (openedAt !== null) {
      const ms = Math.round(performance.now() - openedAt)
      openedAt = null
      log.info({ event: 'circuit.closed', backend, ms }, 'the backend is called again')
    }
  }
}
