/** How many times something may happen in a window that opens at the first time and does not slide. */
export interface Limit {
  /** Part of the counter's key: no two limits share a counter. */
  readonly name: string
  /** Times in one window, before `RATE_LIMIT_SCALE`. */
  readonly max: number
  readonly windowMs: number
}

/** A limit of a GraphQL field, counted before the field is resolved. */
export interface FieldLimit extends Limit {
  /** `network`: one IPv4 address, or a /64 of IPv6. `account`: the signed-in account. */
  readonly per: 'network' | 'account'
}

/** The status of one counter after one more attempt. */
export interface LimitStatus {
  /** Whether the attempt is within the limit. */
  readonly granted: boolean
  /** Times that the window allows. */
  readonly limit: number
  /** Attempts left in the window after this one; never negative. */
  readonly remaining: number
  /** Milliseconds until the window ends. */
  readonly resetsInMs: number
  /** When the window ends. */
  readonly resetAt: Date
}
