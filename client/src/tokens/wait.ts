import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** How long a process may work exclusively, in milliseconds, unless a storage is told otherwise. */
export const LEASE_MS = 15_000
/** How long a process waits for the lock, in leases: longer than that of a killed holder lasts. */
export const WAIT_FACTOR = 2
/** Pause between two attempts to take a lock, in milliseconds; the random part spreads waiting processes. */
const PAUSE_MS = 20

/** Calls `attempt` until it returns a value other than null; null after `timeoutMs` milliseconds. */
export async function waitFor<Value>(
  attempt: () => Promise<Value | null>,
  timeoutMs: number,
): Promise<Value | null> {
  // Not the clock of the day, which can be set back.
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await attempt()
    if (value !== null) return value
    if (performance.now() >= deadline) return null
    await sleep(PAUSE_MS + randomInt(PAUSE_MS))
  }
}
