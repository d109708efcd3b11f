import { Prisma } from '../../generated/sqlite/client.ts'
import type { User } from '../../ports/users.ts'
import { toUser } from './rows.ts'
import type { Columns } from './user-columns.ts'

const FROM_ACCOUNT = Prisma.sql`FROM users u WHERE u.id = sessions.user_id`

/**
 * The account of a session as columns of a statement on `sessions`. Subqueries, because SQLite's RETURNING
 * knows the changed table only; each is a look-up by the primary key.
 */
export const ACCOUNT_COLUMNS = Prisma.sql`(SELECT u.email ${FROM_ACCOUNT}) AS "email",
  (SELECT u.email_verified_at ${FROM_ACCOUNT}) AS "emailVerifiedAt",
  (SELECT u.phone ${FROM_ACCOUNT}) AS "phone",
  (SELECT u.phone_verified_at ${FROM_ACCOUNT}) AS "phoneVerifiedAt",
  (SELECT u.full_name ${FROM_ACCOUNT}) AS "fullName",
  (SELECT u.locale ${FROM_ACCOUNT}) AS "locale",
  (SELECT u.status ${FROM_ACCOUNT}) AS "status",
  (SELECT u.suspended_at ${FROM_ACCOUNT}) AS "suspendedAt",
  (SELECT u.roles ${FROM_ACCOUNT}) AS "roles",
  (SELECT u.generation ${FROM_ACCOUNT}) AS "securityStamp",
  (SELECT u.password_hash IS NOT NULL ${FROM_ACCOUNT}) AS "hasPassword",
  (SELECT u.created_at ${FROM_ACCOUNT}) AS "accountCreatedAt"`

/** These columns, and the account's id of the session. */
export type AccountColumns = Omit<Columns, 'id' | 'createdAt'> & {
  readonly userId: string
  readonly accountCreatedAt: Date
}

/** The account of a row with these columns. */
export function toAccount(row: AccountColumns): User {
  return toUser({ ...row, id: row.userId, createdAt: row.accountCreatedAt })
}
