import type { z } from 'zod'
import { whole, type Setting } from '../setting-types.ts'

/** Settings of how much is taken on, and how long it may take. */
export const LOAD_SETTINGS = {
  MAX_IN_FLIGHT: {
    type: whole(1, 100_000).default(200),
    doc: 'Requests at work at a time, 1 to 100000; what is more is answered 503 with `Retry-After` before it is read. Health is answered anyway.',
  },
  MAX_LOOP_PERCENT: {
    type: whole(1, 100).default(95),
    doc: 'Share of its time that the event loop may be busy, 1 to 100 %; beyond it, once `MAX_IN_FLIGHT` was met, fewer are taken on, down to a sixth. 100: never fewer.',
  },
  REQUEST_SECONDS: {
    type: whole(1, 60).default(5),
    doc: 'Longest time until a GraphQL request that has arrived is answered, 1 to 60 s; then it is 503.',
  },
} as const satisfies Record<string, Setting>

/** How much is taken on, and how long it may take. */
export interface LoadConfig {
  /** Requests at work at a time. */
  readonly maxInFlight: number
  /** 0 to 1. */
  readonly maxLoopUtilization: number
  readonly requestSeconds: number
}

type LoadSettings = {
  readonly [Name in keyof typeof LOAD_SETTINGS]: z.output<(typeof LOAD_SETTINGS)[Name]['type']>
}

/** The same under the names of `Config`. */
export function loadOf(raw: LoadSettings): LoadConfig {
  return {
    maxInFlight: raw.MAX_IN_FLIGHT,
    maxLoopUtilization: raw.MAX_LOOP_PERCENT / 100,
    requestSeconds: raw.REQUEST_SECONDS,
  }
}
