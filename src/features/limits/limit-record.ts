import type { Limit } from '../../core/limit.ts'

/**
 * What a limit counts by. `device`: a device that has signed in to the account before. `session`: one
 * sign-in, until it ends. `number block`: ten thousand neighbouring phone numbers. `API key`: one key.
 */
export type Dimension =
  'account' | 'network' | 'account and network' | 'number block' | 'device' | 'session' | 'API key' | 'all'

/** One limit: what the counters need, and what `docs/limits.md` says of it. */
export interface LimitRecord extends Limit {
  readonly per: Dimension
  /** Fields of the schema that it limits. */
  readonly fields: readonly string[]
  /** What it counts, and what remains possible when it is used up. */
  readonly meaning: string
}

/** A limit whose `max` is a setting. */
export interface ConfiguredLimitRecord extends Omit<LimitRecord, 'max'> {
  /** Name of the setting. */
  readonly maxSetting: string
  /** The part of the setting that is the `max`, rounded up. */
  readonly share: number
}

/** The limits of one area, by the name that code uses. */
export type LimitRecords = Readonly<Record<string, LimitRecord | ConfiguredLimitRecord>>
