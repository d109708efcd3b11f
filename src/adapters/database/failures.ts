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

/** Whether another writer caused the failure: nothing was written, and a retry can succeed. */
export function isTransient(error: unknown): boolean {
  const { code, cause } = parseError(error)
  return (
    code === 'P2034' ||
    code === 'P1008' ||
    code === 'SQLITE_BUSY' ||
    TRANSIENT_KINDS.has(cause?.kind ?? '') ||
    isBusySqlite(cause)
  )
}

/** Whether the database is down, hung, overloaded or otherwise unable to work. */
export function isOutage(error: unknown): boolean {
  if (parseConstraint(error)) return false
  const { code, name, cause } = parseError(error)
  if (isTransient(error) || name === 'PrismaClientInitializationError' || code?.startsWith('P1')) return true
  if (code === 'P2024' || code === 'P2028' || code === 'P2037') return true
  if (OUTAGE_KINDS.has(cause?.kind ?? '') || OUTAGE_STATES.test(cause?.originalCode ?? '')) return true
  return error instanceof Error && DRIVER_MESSAGES.test(error.message)
}

const TRANSIENT_KINDS: ReadonlySet<string> = new Set(['TransactionWriteConflict', 'SocketTimeout'])
const OUTAGE_KINDS: ReadonlySet<string> = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'TooManyConnections',
  'DatabaseDoesNotExist',
  'DatabaseAccessDenied',
  'AuthenticationFailed',
  'TlsConnectionError',
])
/**
 * SQLSTATE classes of connection, resource, operator intervention (with statement timeouts), system, internal
 * and read-only errors, and SQLite's result codes for the same.
 */
const OUTAGE_STATES = /^(08|53|57|58|XX|25006|SQLITE_(FULL|IOERR|CANTOPEN|CORRUPT|READONLY|NOTADB))/
/** Messages of errors that `pg` throws without a code. */
const DRIVER_MESSAGES = /timeout|terminated|not queryable|Connection ended|client was closed|ECONN|EPIPE/i

function isBusySqlite(cause: z.infer<typeof driverCauseSchema> | undefined): boolean {
  return cause?.kind === 'sqlite' && (cause.originalCode === '5' || cause.originalCode === '6')
}

function parseError(error: unknown) {
  const parsed = prismaErrorSchema.safeParse(error)
  if (!parsed.success) return {}
  const { code, name, meta, cause } = parsed.data
  return { code, name, cause: meta?.driverAdapterError?.cause ?? cause }
}
