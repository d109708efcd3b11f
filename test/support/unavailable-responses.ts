import { afterEach, beforeEach } from 'vitest'

let unavailable = 0

/** Counts a response of a gateway in this process that refused because a store had not responded in time. */
export function countUnavailable(code: string | undefined): void {
  if (code === 'SERVICE_UNAVAILABLE') unavailable += 1
}

/**
 * Adds to a failed test that stores had not responded in time meanwhile, which CI takes as the sign of a slow
 * machine (vitest.config.ts). A test that passes, outages included, is left alone.
 */
export function reportUnavailable(): void {
  beforeEach(() => void (unavailable = 0))
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail' || unavailable === 0) return
    throw new Error(`${unavailable} calls refused as unavailable while this test ran`)
  })
}
