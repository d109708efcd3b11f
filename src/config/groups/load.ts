import type { SettingGroup, Settings, ValuesOf } from '../setting-group.ts'
import { wholeNumber } from '../setting-types.ts'

const settings = {
  MAX_IN_FLIGHT: {
    type: wholeNumber(1, 100_000).default(200),
    doc: 'Maximum number of concurrent requests of this process (of each worker). Further requests are rejected with 503 and `Retry-After` before their body is read. Health checks are exempt.',
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
  SOCKETS_PER_SESSION: {
    type: wholeNumber(1, 10_000).default(20),
    doc: 'Maximum number of WebSockets and event streams of one session on this node (at each worker), which are the tabs of a browser. A further WebSocket is closed with 4429, a further event stream rejected.',
  },
  SOCKETS_PER_ACCOUNT: {
    type: wholeNumber(1, 10_000).default(100),
    doc: 'The same for all sessions of one account.',
  },
  SOCKETS_PER_NETWORK: {
    type: wholeNumber(1, 10_000).default(1000),
    doc: 'Maximum number of WebSockets and event streams of one IPv4 address or one /64 of IPv6 on this node (at each worker). A further one is rejected with 429.',
  },
  SOCKET_MESSAGES_PER_SECOND: {
    type: wholeNumber(1, 100_000).default(50),
    doc: 'Maximum number of messages per second on one WebSocket, of which as many may arrive at once. A socket that sends more is closed with 4429.',
  },
  SOCKET_UNFINISHED_MESSAGES: {
    type: wholeNumber(1, 10_000).default(20),
    doc: 'Maximum number of messages of one WebSocket whose work is not finished or whose response the client has not read, open subscriptions included. A socket that sends more is closed with 4429.',
  },
} as const satisfies Settings

/** Parsed values of this group. */
export type LoadValues = ValuesOf<typeof settings>

/** Load shedding, deadlines and WebSockets. */
export interface LoadConfig {
  /** Concurrent requests. */
  readonly maxInFlight: number
  /** 0 to 1. */
  readonly maxLoopUtilization: number
  readonly requestSeconds: number
  /** Of one node. */
  readonly sockets: {
    readonly perSession: number
    readonly perAccount: number
    readonly perNetwork: number
    readonly messagesPerSecond: number
    readonly unfinishedMessages: number
  }
}

/** Settings of load shedding, deadlines and WebSockets. */
export const loadGroup = {
  title: 'Load',
  settings,
  toConfig: (values: LoadValues): LoadConfig => ({
    maxInFlight: values.MAX_IN_FLIGHT,
    maxLoopUtilization: values.MAX_LOOP_PERCENT / 100,
    requestSeconds: values.REQUEST_SECONDS,
    sockets: {
      perSession: values.SOCKETS_PER_SESSION,
      perAccount: values.SOCKETS_PER_ACCOUNT,
      perNetwork: values.SOCKETS_PER_NETWORK,
      messagesPerSecond: values.SOCKET_MESSAGES_PER_SECOND,
      unfinishedMessages: values.SOCKET_UNFINISHED_MESSAGES,
    },
  }),
  crossChecks: () => [],
} satisfies SettingGroup<LoadValues, LoadConfig>
