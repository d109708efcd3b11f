import { Prisma } from '../../generated/sqlite/client.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'
import type { Dialect } from './database.ts'
import { parseOptionalTime, parseRows, parseTime, type RowInJson } from './json-rows.ts'

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

/** The rows of a text of `selectJson` with these columns. */
export function parseColumns(dialect: Dialect, text: string | null): Columns[] {
  return parseRows<JsonColumns>(text).map((row) => parseRow(dialect, row))
}
