/** What a caller sees while the state store fails. */
export type Outcome = 'served' | 'unavailable'

/** Operations of the failure matrix, in the order of its columns. */
export const OPERATIONS = [
  'public query',
  'protected query',
  'login',
  'requestOtp',
  'verifyOtp',
  'refresh',
  'logout',
] as const
/** An operation of the failure matrix. */
export type Operation = (typeof OPERATIONS)[number]

/** A row of the failure matrix. */
export interface FailureRow {
  /** What the server does, for `docs/failures.md`. */
  readonly meaning: string
  readonly outcomes: Readonly<Record<Operation, Outcome>>
}

/** Nothing that depends on the store. */
const NONE: FailureRow['outcomes'] = {
  'public query': 'served',
  'protected query': 'unavailable',
  login: 'unavailable',
  requestOtp: 'unavailable',
  verifyOtp: 'unavailable',
  refresh: 'unavailable',
  logout: 'unavailable',
}
/** What reads the store and does not write it. */
const READS: FailureRow['outcomes'] = { ...NONE, 'protected query': 'served' }
const ALL: FailureRow['outcomes'] = {
  'public query': 'served',
  'protected query': 'served',
  login: 'served',
  requestOtp: 'served',
  verifyOtp: 'served',
  refresh: 'served',
  logout: 'served',
}

/**
 * The failure matrix of Redis as the state store: what each operation returns during each fault. Its test
 * runs every cell; `docs/failures.md` is generated from it.
 */
export const FAILURES = {
  refused: { meaning: 'the server is down: connections are refused', outcomes: NONE },
  hung: { meaning: 'the server accepts commands and does not respond', outcomes: NONE },
  slow: { meaning: 'every response takes longer than the command timeout', outcomes: NONE },
  loading: { meaning: '`LOADING`: the server reads its data after a restart', outcomes: NONE },
  moved: { meaning: '`MOVED`: the server is a node of a cluster that does not own the key', outcomes: NONE },
  forbidden: { meaning: '`NOPERM`: the user lost the right to read and write', outcomes: NONE },
  'wrong type': { meaning: '`WRONGTYPE`: every key holds a list', outcomes: NONE },
  'memory full': { meaning: '`OOM`: writes are refused, reads are served', outcomes: READS },
  'read-only': { meaning: '`READONLY`: the server has become a replica', outcomes: READS },
  resharding: { meaning: '`MOVED` and `ASK` while slots of a cluster move', outcomes: ALL },
  'lagging replica': { meaning: 'a replica is behind; `REDIS_WAIT_REPLICAS=0`', outcomes: ALL },
  'unconfirmed writes': { meaning: 'a replica is behind; `REDIS_WAIT_REPLICAS=1`', outcomes: READS },
} as const satisfies Readonly<Record<string, FailureRow>>

/** A fault of the failure matrix. */
export type Failure = keyof typeof FAILURES
