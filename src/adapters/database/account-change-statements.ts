import { Prisma } from '../../generated/sqlite/client.ts'
import type { NewAccountChange } from '../../ports/new-account-change.ts'
import { isActive } from './account-status.ts'

/**
 * Locks the row `u` of an account where the condition holds, so that the following statements of the
 * transaction read and change one state. A transaction that will change nothing holds no lock.
 */
export function lockAccount(userId: string, now: Date, condition = Prisma.sql`1 = 1`): Prisma.Sql {
  return Prisma.sql`UPDATE users AS u SET updated_at = ${now} WHERE u.id = ${userId} AND ${condition}`
}

/**
 * The statements that store a change with the state before it. They come before the statements that change
 * the account, with the same condition on the row `u` of the account. `hasFactor`: whether the state includes
 * a confirmed authenticator app; false for the change that confirms one.
 */
export function buildChangeStatements(
  userId: string,
  change: NewAccountChange,
  condition: Prisma.Sql,
  hasFactor = true,
): readonly [Prisma.Sql, Prisma.Sql] {
  const { id, kind, createdAt, expiresAt } = change
  return [
    lockAccount(userId, createdAt, condition),
    Prisma.sql`
      INSERT INTO account_changes (id, user_id, kind, security_stamp, password_hash, email, email_verified_at, phone,
        phone_verified_at, totp_sealed, totp_confirmed_at, totp_created_at, totp_last_step, recovery_code_hashes, created_at, expires_at)
      SELECT ${id}, u.id, ${kind}, u.generation, u.password_hash, u.email, u.email_verified_at, u.phone, u.phone_verified_at,
        app.sealed, app.confirmed_at, app.created_at, app.last_step,
        (SELECT string_agg(code_hash, ' ') FROM recovery_codes WHERE recovery_codes.user_id = app.user_id),
        ${createdAt}, ${expiresAt}
      FROM users u LEFT JOIN totp_factors app
        ON app.user_id = u.id AND app.confirmed_at IS NOT NULL AND ${hasFactor} = TRUE
      WHERE u.id = ${userId} AND ${isActive('u')} AND ${condition}`,
  ]
}

/**
 * Takes the locks of a sign-in with a second factor, in its order. Until the transaction ends, no other one
 * changes the account or confirms a factor.
 */
export function lockSecondFactor(userId: string, now: Date): readonly [Prisma.Sql, Prisma.Sql] {
  return [
    Prisma.sql`UPDATE totp_factors SET last_step = last_step WHERE user_id = ${userId}`,
    lockAccount(userId, now),
  ]
}

/** Erases the secrets of closed changes of an account. */
export function eraseClosedChanges(userId: string): Prisma.Sql {
  return Prisma.sql`
    UPDATE account_changes SET password_hash = NULL, totp_sealed = NULL, recovery_code_hashes = NULL
    WHERE user_id = ${userId} AND closed_at IS NOT NULL`
}
