import { Prisma } from '../../generated/sqlite/client.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'

/** Columns of an account under the names of its row type, without the password hash. */
export const COLUMNS = Prisma.sql`id, email, email_verified_at AS "emailVerifiedAt", phone, phone_verified_at AS "phoneVerifiedAt",
  full_name AS "fullName", locale, status, suspended_at AS "suspendedAt", roles, generation AS "securityStamp",
  password_hash IS NOT NULL AS "hasPassword", created_at AS "createdAt"`

/** A row of these columns. */
export type Columns = Omit<UserRow, 'passwordHash' | 'updatedAt' | 'postCount' | 'postBytes'> & {
  readonly hasPassword: number | bigint | boolean
}
