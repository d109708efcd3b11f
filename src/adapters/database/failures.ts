import { z } from 'zod'

/** A constraint that a statement violated. */
export interface ConstraintViolation {
  readonly kind: 'unique' | 'foreign-key'
  /** Column names, or the driver's description of the constraint. */
  readonly detail: string
}

const driverCauseSchema = z.object({
  kind: z.string(),
  originalCode: z.string().optional(),
  constraint: z.unknown().optional(),
})
const prismaErrorSchema = z.object({
  code: z.string().optional(),
  name: z.string().optional(),
  meta: z.object({ driverAdapterError: z.object({ cause: driverCauseSchema }).optional() }).optional(),
  cause: driverCauseSchema.optional().catch(undefined),
})

/**
 * The constraint violation behind an error, or null. Model queries and raw statements report it differently
 * on each driver, and Prisma has no common form.
 */
export function parseConstraint(error: unknown): ConstraintViolation | null {
  const { code, cause } = parseError(error)
  const isUnique = code === 'P2002' || cause?.kind === 'UniqueConstraintViolation'
  const isForeignKey = code === 'P2003' || cause?.kind === 'ForeignKeyConstraintViolation'
  const kind = isUnique ? 'unique' : isForeignKey ? 'foreign-key' : null
  return kind && { kind, detail: JSON.stringify(cause?.constraint ?? null) }
}

/**
 * Whether another writer, or a primary that became read-only, caused the failure: nothing was written, and a
 * retry can succeed.
 */
export function isTransient(error: unknown): boolean {
  const { code, cause } = parseError(error)
  return (
    code === 'P2034' ||
    code === 'P1008' ||
    code === 'SQLITE_BUSY' ||
    TRANSIENT_KINDS.has(cause?.kind ?? '') ||
    cause?.originalCode === READ_ONLY ||
    isBusySqlite(cause)
  )
}

/**
 * Whether the database did no work for this caller: the connection failed, a time limit passed, a lock was
 * not released, or a resource is used up. The caller gets `SERVICE_UNAVAILABLE`.
 */
export function isUnavailable(error: unknown): boolean {
  if (parseConstraint(error)) return false
  const { code, cause } = parseError(error)
  return (
    isConnectionFailure(error) ||
    isTransient(error) ||
    TRANSACTION_TIMEOUTS.has(code ?? '') ||
    UNAVAILABLE_STATES.test(readState(cause))
  )
}

/**
 * Whether the database itself cannot be reached or used. Only this opens the circuit: a slow statement, or a
 * lock that another statement holds, is the failure of one caller and shows that the server responds.
 */
export function isConnectionFailure(error: unknown): boolean {
  if (parseConstraint(error)) return false
  const { code, name, cause } = parseError(error)
  const state = readState(cause)
  if (CONNECTION_STATES.test(state) || CONNECTION_KINDS.has(cause?.kind ?? '')) return true
  if (isTransient(error) || UNAVAILABLE_STATES.test(state) || TRANSACTION_TIMEOUTS.has(code ?? ''))
    return false
  if (name === 'PrismaClientInitializationError' || code?.startsWith('P1') || code === 'P2037') return true
  return error instanceof Error && DRIVER_MESSAGES.test(error.message)
}

/** The SQLSTATE of a write on a standby. Its connection is discarded; the next one goes to the primary. */
const READ_ONLY = '25006'
const TRANSIENT_KINDS: ReadonlySet<string> = new Set(['TransactionWriteConflict', 'SocketTimeout'])
const CONNECTION_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'TooManyConnections',
  'DatabaseDoesNotExist',
  'DatabaseAccessDenied',
  'AuthenticationFailed',
  'TlsConnectionError',
])
/** Prisma's own timeouts: no free connection, and an interactive transaction that took too long. */
const TRANSACTION_TIMEOUTS: ReadonlySet<string> = new Set(['P2024', 'P2028'])
/**
 * SQLSTATEs of a connection that failed, of a server that shuts down or starts (57P01 to 57P05) or has no
 * connection left (53300), and SQLite's result codes of a file that cannot be used.
 */
const CONNECTION_STATES = /^(08|57P0|53300$|SQLITE_(IOERR|CANTOPEN|CORRUPT|NOTADB))/
/**
 * SQLSTATE classes of a cancelled statement (57014, by `statement_timeout`), a lock that was not available
 * (55P03), resources, system, internal and read-only errors, and SQLite's result codes for the same.
 */
const UNAVAILABLE_STATES = /^(53|55P03|57|58|XX|25006|SQLITE_(FULL|READONLY|INTERRUPT))/
/** Messages of errors that `pg` throws without a code: above all `Query read timeout` of a hung server. */
const DRIVER_MESSAGES =
  /timeout|terminated|no PostgreSQL server|not queryable|Connection ended|client was closed|ECONN|EPIPE/i

/** SQLite's primary result codes by number: the low byte of the driver's code. */
const SQLITE_STATES: Readonly<Record<number, string>> = {
  8: 'SQLITE_READONLY',
  9: 'SQLITE_INTERRUPT',
  10: 'SQLITE_IOERR',
  11: 'SQLITE_CORRUPT',
  13: 'SQLITE_FULL',
  14: 'SQLITE_CANTOPEN',
  26: 'SQLITE_NOTADB',
}

/** The SQLSTATE, or the name of SQLite's result code; empty if the driver reports none. */
function readState(cause: z.infer<typeof driverCauseSchema> | undefined): string {
  const state = cause?.originalCode ?? ''
  return cause?.kind === 'sqlite' ? (SQLITE_STATES[Number(state) & 255] ?? '') : state
}

function isBusySqlite(cause: z.infer<typeof driverCauseSchema> | undefined): boolean {
  return cause?.kind === 'sqlite' && (cause.originalCode === '5' || cause.originalCode === '6')
}

function parseError(error: unknown) {
  const parsed = prismaErrorSchema.safeParse(error)
  if (!parsed.success) return {}
  const { code, name, meta, cause } = parsed.data
  return { code, name, cause: meta?.driverAdapterError?.cause ?? cause }
}
