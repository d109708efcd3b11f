import { Prisma } from '../../generated/sqlite/client.ts'
import type { Session } from '../../ports/sessions.ts'
import type { User } from '../../ports/users.ts'
import type { Dialect } from './database.ts'
import { parseOptionalTime, parseTime, type RowInJson } from './json-rows.ts'
import { toSession, toUser } from './rows.ts'
import { COLUMNS, type SessionColumns } from './session-columns.ts'
import {
  COLUMNS as ACCOUNT_COLUMNS,
  MEMBERS as ACCOUNT_MEMBERS,
  parseRow,
  type JsonColumns as JsonAccount,
} from './user-columns.ts'

type JsonSession = RowInJson<
  SessionColumns,
  'createdAt' | 'lastUsedAt' | 'rotatedAt' | 'expiresAt' | 'absoluteExpiresAt' | 'revokedAt'
>

/** A session and its account. */
export interface SessionOfAccount {
  readonly session: Session
  readonly user: User
}

const MEMBERS = Prisma.sql`'id', id, 'userId', "userId", 'counter', counter, 'methods', methods, 'userAgent', "userAgent",
  'ipAddress', "ipAddress", 'createdAt', "createdAt", 'lastUsedAt', "lastUsedAt", 'rotatedAt', "rotatedAt",
  'expiresAt', "expiresAt", 'absoluteExpiresAt', "absoluteExpiresAt", 'revokedAt', "revokedAt"`

/** Both rows as objects, in a statement on `sessions`. */
const SESSION_ROW = Prisma.sql`(SELECT ${COLUMNS}) AS session_row`
const ACCOUNT_ROW = Prisma.sql`(SELECT ${ACCOUNT_COLUMNS} FROM users WHERE users.id = sessions.user_id) AS account_row`

/**
 * A session with its account as one text, for RETURNING of a statement on `sessions`. Subqueries, because
 * SQLite's RETURNING knows the changed table only; that of the account is a look-up by the primary key.
 */
export function returnSessionJson(dialect: Dialect): Prisma.Sql {
  return dialect === 'postgresql'
    ? Prisma.sql`json_build_object('session', (SELECT row_to_json(session_row) FROM ${SESSION_ROW}),
        'account', (SELECT row_to_json(account_row) FROM ${ACCOUNT_ROW}))::text AS json`
    : Prisma.sql`json_object('session', json((SELECT json_object(${MEMBERS}) FROM ${SESSION_ROW})),
        'account', json((SELECT json_object(${ACCOUNT_MEMBERS}) FROM ${ACCOUNT_ROW}))) AS json`
}

/** The session and the account of such a text. */
export function parseSessionJson(dialect: Dialect, text: string): SessionOfAccount {
  const { session, account } = JSON.parse(text) as {
    readonly session: JsonSession
    readonly account: JsonAccount
  }
  return {
    session: toSession({
      ...session,
      createdAt: parseTime(dialect, session.createdAt),
      lastUsedAt: parseTime(dialect, session.lastUsedAt),
      rotatedAt: parseOptionalTime(dialect, session.rotatedAt),
      expiresAt: parseTime(dialect, session.expiresAt),
      absoluteExpiresAt: parseTime(dialect, session.absoluteExpiresAt),
      revokedAt: parseOptionalTime(dialect, session.revokedAt),
    }),
    user: toUser(parseRow(dialect, account)),
  }
}
