import { Prisma } from '../../generated/sqlite/client.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'
import type { Dialect } from './database.ts'
import { keepResults } from '../../core/kept-results.ts'
import type { User } from '../../ports/users.ts'
import { parseOptionalTime, parseTime, type RowInJson } from './json-rows.ts'
import { toUser } from './rows.ts'

/** Columns of an account under the names of its row type, without the password hash. */
export const COLUMNS = Prisma.sql`id, email, email_verified_at AS "emailVerifiedAt", phone, phone_verified_at AS "phoneVerifiedAt",
  full_name AS "fullName", locale, status, suspended_at AS "suspendedAt", roles, generation AS "securityStamp",
  password_hash IS NOT NULL AS "hasPassword", created_at AS "createdAt"`

/** A row of these columns. */
export type Columns = Omit<UserRow, 'passwordHash' | 'updatedAt' | 'postCount' | 'postBytes'> & {
  readonly hasPassword: number | bigint | boolean
}

/** The columns as members of JSON. */
export const MEMBERS = Prisma.sql`'id', id, 'email', email, 'emailVerifiedAt', "emailVerifiedAt", 'phone', phone,
  'phoneVerifiedAt', "phoneVerifiedAt", 'fullName', "fullName", 'locale', locale, 'status', status,
  'suspendedAt', "suspendedAt", 'roles', roles, 'securityStamp', "securityStamp", 'hasPassword', "hasPassword",
  'createdAt', "createdAt"`

/** The columns in JSON. */
export type JsonColumns = RowInJson<
  Columns,
  'createdAt' | 'emailVerifiedAt' | 'phoneVerifiedAt' | 'suspendedAt'
>

/** The row of these columns in JSON. */
export function parseRow(dialect: Dialect, row: JsonColumns): Columns {
  return {
    ...row,
    emailVerifiedAt: parseOptionalTime(dialect, row.emailVerifiedAt),
    phoneVerifiedAt: parseOptionalTime(dialect, row.phoneVerifiedAt),
    suspendedAt: parseOptionalTime(dialect, row.suspendedAt),
    createdAt: parseTime(dialect, row.createdAt),
  }
}

/** Most rows whose account is kept; about a kilobyte each. */
const MAX_ROWS = 10_000

/**
 * Reads accounts from rows in JSON. An account is a function of its row, so it is kept by the text of the
 * row: a row that has changed is another text.
 */
export function createAccountParser(dialect: Dialect): (row: string) => User {
  return keepResults(MAX_ROWS, (row) => toUser(parseRow(dialect, JSON.parse(row) as JsonColumns)))
}
