import type { EmailAddress } from '../../core/email-address.ts'
import type { PhoneNumber } from '../../core/phone.ts'
import type { Session as SessionRow, User as UserRow } from '../../generated/sqlite/client.ts'
import type { Session } from '../../ports/sessions.ts'
import type { User } from '../../ports/users.ts'
import { toUserStatus } from './account-status.ts'

/** The columns of an account, with its password hash or with whether it has one. */
type UserColumns = Omit<UserRow, 'passwordHash' | 'updatedAt' | 'postCount' | 'postBytes'> &
  (Pick<UserRow, 'passwordHash'> | { readonly hasPassword: number | bigint | boolean })

/** The account of a row. Only canonical addresses are ever written, so they are not parsed again. */
export function toUser(row: UserColumns): User {
  return {
    id: row.id,
    email: row.email as EmailAddress | null,
    emailVerifiedAt: row.emailVerifiedAt,
    phone: row.phone as PhoneNumber | null,
    phoneVerifiedAt: row.phoneVerifiedAt,
    fullName: row.fullName,
    locale: row.locale,
    status: toUserStatus(row),
    suspendedAt: row.suspendedAt,
    roles: splitWords(row.roles),
    securityStamp: row.securityStamp,
    hasPassword: 'passwordHash' in row ? row.passwordHash !== null : Boolean(row.hasPassword),
    createdAt: row.createdAt,
  }
}

/** The session of a row. */
export function toSession(row: Omit<SessionRow, 'proofHash' | 'revokedReason'>): Session {
  const {
    id,
    userId,
    counter,
    userAgent,
    ipAddress,
    createdAt,
    lastUsedAt,
    rotatedAt,
    expiresAt,
    absoluteExpiresAt,
    revokedAt,
  } = row
  const times = { createdAt, lastUsedAt, rotatedAt, expiresAt, absoluteExpiresAt, revokedAt }
  return { id, userId, counter, userAgent, ipAddress, ...times, methods: splitWords(row.methods) }
}

/** The items of a space-separated list. */
export function splitWords(text: string): string[] {
  return text.split(' ').filter(Boolean)
}

/** The ids of rows. */
export function toIds(rows: unknown): readonly string[] {
  return (rows as { id: string }[]).map(({ id }) => id)
}
