import { Prisma } from '../../generated/sqlite/client.ts'
import type { Undo } from '../../ports/account-changes.ts'
import { lockSecondFactor } from './account-change-statements.ts'
import { isPending } from './account-status.ts'
import { revokeApiKeys } from './api-keys.ts'

/** What an undo restores. A stored change is never written again, except to close it. */
export interface RestoredState {
  readonly userId: string
  readonly securityStamp: number
  readonly email: string | null
  readonly phone: string | null
  /** The change whose state has the second factor. */
  readonly sourceId: string
  readonly codeHashes: readonly string[]
}

/**
 * The statements of an undo, in their order. The first two take the locks of a sign-in in its order, the
 * third decides, and the others depend on it.
 */
export function buildUndoStatements(undo: Undo, state: RestoredState, now: Date): readonly Prisma.Sql[] {
  const { userId, securityStamp } = state
  const isUndone = wasUndone(undo)
  return [
    ...lockSecondFactor(userId, now),
    Prisma.sql`
      UPDATE account_changes SET closed_at = ${now}, closed_by = ${undo.marker}
      WHERE id = ${undo.id} AND closed_at IS NULL AND expires_at > ${now}
        AND (${undo.isProven} = TRUE OR NOT (${requiresProof(undo.id)}))`,
    ...buildAccountStatements(undo, state, isUndone, now),
    ...buildFactorStatements(undo, state, isUndone, now),
    revokeApiKeys(userId, now, isUndone),
    Prisma.sql`
      UPDATE account_changes SET closed_at = ${now}
      WHERE user_id = ${userId} AND closed_at IS NULL AND security_stamp >= ${securityStamp} AND ${isUndone}`,
  ]
}

/** Whether the transaction has closed the change by this undo. */
export function wasUndone({ id, marker }: Undo): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM account_changes undone WHERE undone.id = ${id} AND undone.closed_by = ${marker})`
}

/** Restores password and contacts. A contact that another account has verified stays there. */
function buildAccountStatements(
  { id }: Undo,
  { userId, email, phone }: RestoredState,
  isUndone: Prisma.Sql,
  now: Date,
): readonly Prisma.Sql[] {
  const before = (column: Prisma.Sql) =>
    Prisma.sql`(SELECT ${column} FROM account_changes before_change WHERE before_change.id = ${id})`
  const isTaken = (column: Prisma.Sql) =>
    Prisma.sql`EXISTS (SELECT 1 FROM users other WHERE other.${column} = ${before(column)} AND other.id <> ${userId})`
  const restore = (column: Prisma.Sql, address: Prisma.Sql) =>
    Prisma.sql`${column} = CASE WHEN ${isTaken(address)} THEN NULL ELSE ${before(column)} END`
  const removePending = (column: Prisma.Sql, address: string | null) =>
    Prisma.sql`DELETE FROM users WHERE ${column} = ${address} AND ${isPending('users')} AND id <> ${userId} AND ${isUndone}`
  const [emailColumn, phoneColumn] = [Prisma.sql`email`, Prisma.sql`phone`]
  const passwordHash = before(Prisma.sql`password_hash`)
  const emailVerified = restore(Prisma.sql`email_verified_at`, emailColumn)
  const phoneVerified = restore(Prisma.sql`phone_verified_at`, phoneColumn)
  return [
    ...(email === null ? [] : [removePending(emailColumn, email)]),
    ...(phone === null ? [] : [removePending(phoneColumn, phone)]),
    Prisma.sql`
      UPDATE users SET password_hash = ${passwordHash}, generation = generation + 1, updated_at = ${now},
        ${restore(emailColumn, emailColumn)}, ${emailVerified}, ${restore(phoneColumn, phoneColumn)}, ${phoneVerified}
      WHERE id = ${userId} AND ${isUndone}`,
  ]
}

/** Restores the second factor if it is another one now. Recovery codes are restored if they were replaced. */
function buildFactorStatements(
  { id }: Undo,
  { userId, sourceId, codeHashes }: RestoredState,
  isUndone: Prisma.Sql,
  now: Date,
): readonly Prisma.Sql[] {
  const hasSameFactor = Prisma.sql`EXISTS (
    SELECT 1 FROM totp_factors app JOIN account_changes before_change ON before_change.id = ${id}
    WHERE app.user_id = ${userId} AND app.confirmed_at IS NOT NULL AND app.created_at = before_change.totp_created_at)`
  const replacesCodes = Prisma.sql`${isUndone} AND (NOT ${hasSameFactor} OR ${wereCodesReplaced(id)})`
  const values = Prisma.join(
    codeHashes.length > 0 ? codeHashes.map((hash) => Prisma.sql`(${hash})`) : [Prisma.sql`('')`],
  )
  return [
    Prisma.sql`DELETE FROM recovery_codes WHERE user_id = ${userId} AND ${replacesCodes}`,
    Prisma.sql`
      INSERT INTO recovery_codes (code_hash, user_id, created_at)
      SELECT codes.column1, u.id, ${now} FROM users u CROSS JOIN (VALUES ${values}) AS codes
      WHERE u.id = ${userId} AND codes.column1 <> '' AND ${replacesCodes}`,
    Prisma.sql`DELETE FROM totp_factors WHERE user_id = ${userId} AND ${isUndone} AND NOT ${hasSameFactor}`,
    Prisma.sql`
      INSERT INTO totp_factors (user_id, sealed, confirmed_at, last_step, created_at)
      SELECT source.user_id, source.totp_sealed, source.totp_confirmed_at, source.totp_last_step, source.totp_created_at
      FROM account_changes source
      WHERE source.id = ${sourceId} AND source.totp_sealed IS NOT NULL AND ${isUndone} AND NOT ${hasSameFactor}`,
  ]
}

/** Whether the undo removes or replaces credentials of the second factor that are in use now. */
function requiresProof(id: string): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT 1 FROM totp_factors app JOIN account_changes before_change ON before_change.id = ${id}
    WHERE app.user_id = before_change.user_id AND app.confirmed_at IS NOT NULL
      AND (before_change.totp_created_at IS NULL OR before_change.totp_created_at <> app.created_at))
    OR ${wereCodesReplaced(id)}`
}

function wereCodesReplaced(id: string): Prisma.Sql {
  return Prisma.sql`EXISTS (
    SELECT 1 FROM account_changes later JOIN account_changes before_change ON before_change.id = ${id}
    WHERE later.user_id = before_change.user_id AND later.kind = 'recovery-codes-replaced'
      AND later.security_stamp >= before_change.security_stamp AND later.totp_sealed IS NOT NULL)`
}
