import { z } from 'zod'

/** A constraint that a statement would have broken. */
export interface ConstraintViolation {
  readonly kind: 'unique' | 'foreign-key'
  /** Column names, or what the driver says of the constraint. */
  readonly detail: string
}

const driverCause = z.object({
  kind: z.string(),
  originalCode: z.string().optional(),
  constraint: z.unknown().optional(),
})
const prismaError = z.object({
  code: z.string().optional(),
  name: z.string().optional(),
  meta: z.object({ driverAdapterError: z.object({ cause: driverCause }).optional() }).optional(),
  cause: driverCause.optional().catch(undefined),
})

/** The violated constraint behind an error, or null. Fluent calls and raw statements report it differently on each driver; here it is one thing. */
export function readConstraint(error: unknown): ConstraintViolation | null {
  const { code, cause } = read(error)
  const kind =
    code === 'P2002' || cause?.kind === 'UniqueConstraintViolation' ? 'unique' : foreignKey(code, cause?.kind)
  return kind && { kind, detail: JSON.stringify(cause?.constraint ?? null) }
}

/** Worth trying again at once: another writer was in the way and nothing was written. */
export function isTransient(error: unknown): boolean {
  const { code, cause } = read(error)
  return (
    code === 'P2034' ||
    code === 'P1008' ||
    code === 'SQLITE_BUSY' ||
    TRANSIENT_KINDS.has(cause?.kind ?? '') ||
    isBusySqlite(cause)
  )
}

/** The database is away, hung, overloaded or refuses to work: not the fault of the call. */
export function isOutage(error: unknown): boolean {
  if (readConstraint(error)) return false
  const { code, name, cause } = read(error)
  if (isTransient(error) || name === 'PrismaClientInitializationError' || code?.startsWith('P1')) return true
  if (code === 'P2024' || code === 'P2028' || code === 'P2037') return true
  if (OUTAGE_KINDS.has(cause?.kind ?? '') || OUTAGE_STATES.test(cause?.originalCode ?? '')) return true
  return error instanceof Error && DRIVER_WORDS.test(error.message)
}

const TRANSIENT_KINDS = new Set(['TransactionWriteConflict', 'SocketTimeout'])
const OUTAGE_KINDS = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'TooManyConnections',
  'DatabaseDoesNotExist',
  'DatabaseAccessDenied',
  'AuthenticationFailed',
  'TlsConnectionError',
])
/** SQLSTATE classes: connection, resources, cancelled (statement time-out), operator intervention, system, internal, read-only; and SQLite's full, I/O and corrupt. */
const OUTAGE_STATES = /^(08|53|57|58|XX|25006|SQLITE_(FULL|IOERR|CANTOPEN|CORRUPT|READONLY|NOTADB))/
/** What `pg` throws without a code. */
const DRIVER_WORDS = /timeout|terminated|not queryable|Connection ended|client was closed|ECONN|EPIPE/i

function foreignKey(code: string | undefined, kind: string | undefined): 'foreign-key' | null {
  return code === 'P2003' || kind === 'ForeignKeyConstraintViolation' ? 'foreign-key' : null
}

function isBusySqlite(cause: z.infer<typeof driverCause> | undefined): boolean {
  return cause?.kind === 'sqlite' && (cause.originalCode === '5' || cause.originalCode === '6')
}

function read(error: unknown) {
  const parsed = prismaError.safeParse(error)
  if (!parsed.success) return {}
  const { code, name, meta, cause } = parsed.data
  return { code, name, cause: meta?.driverAdapterError?.cause ?? cause }
}
