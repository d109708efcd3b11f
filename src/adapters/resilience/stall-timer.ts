/** Calls back when it was not restarted for a while. */
export interface StallTimer {
  restart(): void
  stop(): void
}

/** Parts that the timeout is divided into. */
const PARTS = 5

/**
 * A timer that a busy event loop does not set off. After synchronous work, Node.js runs expired timers before
 * it reads results that have arrived meanwhile, so a plain timer would report a stall of a backend that has
 * responded. The timeout is counted in parts, and results are read between any two of them.
 */
export function createStallTimer(onStall: () => void, timeoutMs: number): StallTimer {
  let timer: NodeJS.Timeout | undefined
  let passed = 0
  const schedule = () => (timer = setTimeout(countPart, timeoutMs / PARTS))
  function countPart(): void {
    passed += 1
    if (passed === PARTS) onStall()
    else schedule()
  }
  return {
    restart() {
      clearTimeout(timer)
      passed = 0
      schedule()
    },
    stop: () => clearTimeout(timer),
  }
}
