import { Prisma } from '../../generated/sqlite/client.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'
import type { UserStatus } from '../../ports/users.ts'

// Two facts make the status of an account. Confirmation: a contact is verified. Suspension: the column
// `suspended_at`, or the `status` of version 0.1, which knows no `suspended_at`. The column `status` is
// written for nodes of that version. An unknown value suspends the account.

/** The columns that the status is derived from. */
export type StatusColumns = Pick<UserRow, 'status' | 'suspendedAt' | 'emailVerifiedAt' | 'phoneVerifiedAt'>

/** The status of a row. */
export function toUserStatus({
  status,
  suspendedAt,
  emailVerifiedAt,
  phoneVerifiedAt,
}: StatusColumns): UserStatus {
  if (suspendedAt || !UNSUSPENDED.includes(status)) return 'SUSPENDED'
  return emailVerifiedAt || phoneVerifiedAt ? 'ACTIVE' : 'PENDING'
}

const UNSUSPENDED: readonly string[] = ['PENDING', 'ACTIVE']

/** Names of the table of accounts in statements. */
const TABLES = { u: Prisma.sql`u`, users: Prisma.sql`users` }

/** SQL condition: the account is not suspended. */
export function isUnsuspended(table: keyof typeof TABLES): Prisma.Sql {
  const t = TABLES[table]
  return Prisma.sql`${t}.suspended_at IS NULL AND ${t}.status IN ('PENDING', 'ACTIVE')`
}

/** SQL condition: a contact of the account is verified. */
function isConfirmed(table: keyof typeof TABLES): Prisma.Sql {
  const t = TABLES[table]
  return Prisma.sql`(${t}.email_verified_at IS NOT NULL OR ${t}.phone_verified_at IS NOT NULL)`
}

/** SQL condition: the account is confirmed and not suspended. */
export function isActive(table: keyof typeof TABLES): Prisma.Sql {
  return Prisma.sql`(${isUnsuspended(table)} AND ${isConfirmed(table)})`
}

/** SQL condition: the account is neither confirmed nor suspended. */
export function isPending(table: keyof typeof TABLES): Prisma.Sql {
  return Prisma.sql`(${isUnsuspended(table)} AND NOT ${isConfirmed(table)})`
}

/** SQL expression: the status of the account. */
export function selectStatus(table: keyof typeof TABLES): Prisma.Sql {
  return Prisma.sql`CASE WHEN ${isActive(table)} THEN 'ACTIVE' WHEN ${isPending(table)} THEN 'PENDING' ELSE 'SUSPENDED' END`
}

/** SQL expression: the status of the account without its suspension. */
export const STATUS_WITHOUT_SUSPENSION = Prisma.sql`CASE WHEN ${isConfirmed('users')} THEN 'ACTIVE' ELSE 'PENDING' END`

/**
 * SQL assignments: a PENDING account loses what its registration has set, if `drops`, and gets the language.
 */
export function dropRegistration(drops: boolean, locale: string | null): Prisma.Sql {
  const isDropped = Prisma.sql`${isPending('users')} AND ${drops} = TRUE`
  return Prisma.sql`
    password_hash = CASE WHEN ${isDropped} THEN NULL ELSE password_hash END,
    full_name = CASE WHEN ${isDropped} THEN NULL ELSE full_name END,
    locale = CASE WHEN ${isDropped} THEN ${locale} ELSE locale END`
}
