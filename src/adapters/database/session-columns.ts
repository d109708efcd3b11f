import { Prisma } from '../../generated/sqlite/client.ts'
import type { Session } from '../../generated/sqlite/client.ts'

/** Columns of a session under the names of its row type. */
export const COLUMNS = Prisma.sql`sessions.id, user_id AS "userId", counter, methods, user_agent AS "userAgent", ip_address AS "ipAddress",
  sessions.created_at AS "createdAt", last_used_at AS "lastUsedAt", rotated_at AS "rotatedAt", expires_at AS "expiresAt",
  absolute_expires_at AS "absoluteExpiresAt", revoked_at AS "revokedAt"`

/** A row of these columns. */
export type SessionColumns = Omit<Session, 'proofHash' | 'revokedReason'>
