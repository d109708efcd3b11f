import type { KeyFigures } from './growth-keys.ts'
import type { TableName } from './growth-seed.ts'

/** What a large installation is assumed to be. Shares are of its sessions. */
export interface Assumptions {
  readonly sessions: number
  readonly sessionsPerAccount: number
  /** Sessions with a request within the lifetime of their record, at the busiest time. */
  readonly inUse: number
  /** Sessions that ended while their last access token would be valid. */
  readonly ended: number
  /** Sessions of which a one-time code was requested within the lifetime of its record. */
  readonly withCode: number
  /** Refreshes of a session in use, per day. */
  readonly refreshesPerDay: number
}

/** 100 million sessions of 50 million accounts, a fiftieth of them in use. */
export const HUNDRED_MILLION: Assumptions = {
  sessions: 100_000_000,
  sessionsPerAccount: 2,
  inUse: 0.02,
  ended: 0.01,
  withCode: 0.001,
  refreshesPerDay: 96,
}

/** Rows or keys of one kind. `bytes`: of one, null if none was measured. */
export interface Amount {
  readonly store: 'PostgreSQL' | 'Redis'
  readonly name: string
  readonly count: number
  readonly bytes: number | null
}

/** The rows of such an installation. `refreshes`: the events of one day, in addition to those of sign-ins. */
export function estimateRows(
  { sessions, sessionsPerAccount, inUse, refreshesPerDay }: Assumptions,
  bytes: Readonly<Record<TableName, number>>,
): { readonly rows: Amount[]; readonly refreshes: Amount } {
  const toAmount = (table: TableName, count: number): Amount => ({
    store: 'PostgreSQL',
    name: `\`${table}\``,
    count,
    bytes: bytes[table],
  })
  return {
    rows: [
      toAmount('users', sessions / sessionsPerAccount),
      toAmount('sessions', sessions),
      toAmount('audit_events', sessions),
    ],
    refreshes: toAmount('audit_events', sessions * inUse * refreshesPerDay),
  }
}

/** The keys of such an installation. */
export function estimateKeys(
  { sessions, inUse, ended, withCode }: Assumptions,
  keys: readonly KeyFigures[],
): Amount[] {
  const counts = {
    // A device is remembered longer than its session lives.
    'gw:familiar': sessions,
    'gw:session': sessions * inUse,
    'gw:session (ended)': sessions * ended,
    'gw:blacklist': sessions * ended,
    'gw:otp': sessions * withCode,
    'gw:otp-guesses': sessions * withCode,
    'gw:messages': sessions * withCode,
    // The refreshes of a session, and those of a network for what a visitor does.
    'gw:limit': sessions * (2 * inUse + withCode),
  }
  return Object.entries(counts).map(([name, count]) => {
    const bytes = keys.find((key) => key.name === name)?.bytes ?? null
    return { store: 'Redis', name: `\`${name}\``, count, bytes }
  })
}

/** Gigabytes (10⁹ bytes) of some amounts. Those that were not measured do not count. */
export function sumGigabytes(amounts: readonly Amount[]): number {
  return amounts.reduce((sum, { count, bytes }) => sum + (count * (bytes ?? 0)) / 1e9, 0)
}
