import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'

const settings = {
  MAX_IN_FLIGHT: {
    type: wholeNumber(1, 100_000).default(200),
    doc: 'Maximum number of concurrent requests. Further requests are rejected with 503 and `Retry-After` before their body is read. Health checks are exempt.',
  },
  MAX_LOOP_PERCENT: {
    type: wholeNumber(1, 100).default(95),
    unit: '%',
    doc: 'Maximum utilization of the event loop. While it is exceeded, and once `MAX_IN_FLIGHT` has been reached, the number of concurrent requests is reduced step by step, at most to a sixth of `MAX_IN_FLIGHT`. 100 disables the reduction.',
  },
  REQUEST_SECONDS: {
    type: wholeNumber(1, 60).default(5),
    unit: 's',
    doc: 'Maximum time for the response to a GraphQL request after it has been received; then the response is 503.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type LoadValues = ValuesOf<typeof settings>

/** Load shedding and deadlines. */
export interface LoadConfig {
  /** Concurrent requests. */
  readonly maxInFlight: number
  /** 0 to 1. */
  readonly maxLoopUtilization: number
  readonly requestSeconds: number
}

/** Settings of load shedding and deadlines. */
export const loadGroup = {
  title: 'Load',
  settings,
  toConfig: (values: LoadValues): LoadConfig => ({
    maxInFlight: values.MAX_IN_FLIGHT,
    maxLoopUtilization: values.MAX_LOOP_PERCENT / 100,
    requestSeconds: values.REQUEST_SECONDS,
  }),
  crossChecks: () => [],
} satisfies SettingGroup<LoadValues, LoadConfig>
