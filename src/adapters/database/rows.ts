import type { EmailAddress } from '../../core/email-address.ts'
import type { PhoneNumber } from '../../core/phone.ts'
import type { Session as SessionRow, User as UserRow } from '../../generated/sqlite/client.ts'
import type { Session } from '../../ports/sessions.ts'
import type { User, UserStatus } from '../../ports/users.ts'

/** The account of a row. Addresses in the database are canonical: nothing else is ever written. */
export function toUser(row: Omit<UserRow, 'passwordHash' | 'updatedAt'>): User {
  return {
    id: row.id,
    email: row.email as EmailAddress | null,
    emailVerifiedAt: row.emailVerifiedAt,
    phone: row.phone as PhoneNumber | null,
    phoneVerifiedAt: row.phoneVerifiedAt,
    fullName: row.fullName,
    locale: row.locale,
    status: toUserStatus(row.status),
    roles: words(row.roles),
    securityStamp: row.securityStamp,
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
  return { id, userId, counter, userAgent, ipAddress, ...times, methods: words(row.methods) }
}

/** A status as SQL holds it; a word that is none of ours shuts the account. */
export function toUserStatus(text: string): UserStatus {
  return text === 'PENDING' || text === 'ACTIVE' ? text : 'SUSPENDED'
}

/** The words of a space-separated list. */
export function words(text: string): string[] {
  return text.split(' ').filter(Boolean)
}
