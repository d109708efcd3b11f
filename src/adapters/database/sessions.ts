import { Prisma } from '../../generated/sqlite/client.ts'
import type {
  NewSession,
  RevocationReason,
  SessionStatus,
  Sessions,
  StartCondition,
} from '../../ports/sessions.ts'
import type { UserStatus } from '../../ports/users.ts'
import { countActiveSessions } from './active-sessions.ts'
import { dropRegistration, isActive, isUnsuspended, selectStatus } from './account-status.ts'
import type { Database } from './database.ts'
import { hasContact, markVerified } from './contact-columns.ts'
import { parseConstraint } from './failures.ts'
import { splitWords, toIds, toSession, toUser } from './rows.ts'
import { COLUMNS, type SessionColumns } from './session-columns.ts'
import { createRotation } from './session-rotation.ts'
import { satisfiesSecondFactor, buildSpendStatements } from './second-factor-spending.ts'

type StatusRow = SessionColumns & { userStatus: UserStatus; userRoles: string }

/** Sessions in SQL. */
export function createSessions(database: Database): Sessions {
  const { runFor, dialect } = database
  // PostgreSQL: a concurrent sign-out of all sessions locks the account's row. Waiting for that lock ensures
  // that no session escapes it, and that concurrent starts count each other's sessions. SQLite has one writer
  // at a time.
  const lock = dialect === 'postgresql' ? Prisma.sql`FOR NO KEY UPDATE OF u` : Prisma.empty

  async function findMany(callerId: string, condition: Prisma.Sql): Promise<SessionStatus[]> {
    const rows = await runFor(
      callerId,
      (prisma) => prisma.$queryRaw<StatusRow[]>`
        SELECT ${COLUMNS}, ${selectStatus('u')} AS "userStatus", u.roles AS "userRoles"
        FROM sessions JOIN users u ON u.id = user_id WHERE ${condition} ORDER BY sessions.created_at DESC, sessions.id DESC`,
    )
    return rows.map((row) => ({
      session: toSession(row),
      userStatus: row.userStatus,
      roles: splitWords(row.userRoles),
    }))
  }

  return {
    async start(session, condition) {
      try {
        return await runFor(session.userId, async (prisma) => {
          const verified = prisma.$executeRaw(buildVerification(session, condition))
          const inserted = prisma.$executeRaw(buildInsert(session, condition, lock))
          const evicted = prisma.$queryRaw<{ id: string }[]>(buildEviction(session, condition))
          const account = prisma.user.findUnique({
            where: { id: session.userId },
          })
          const { secondFactor } = condition
          const statements = secondFactor ? buildSpendStatements(session.userId, secondFactor) : []
          const spends = statements.map((statement) => prisma.$executeRaw(statement))
          const results = await prisma.$transaction([...spends, verified, inserted, evicted, account])
          // TypeScript cannot type the end of a tuple of unknown length.
          const [count, gone, row] = results.slice(-3) as [number, { id: string }[], Awaited<typeof account>]
          if (count !== 1 || !row) return { kind: 'refused' }
          return { kind: 'started', user: toUser(row), evicted: toIds(gone) }
        })
      } catch (error) {
        if (parseConstraint(error)?.kind === 'unique') return { kind: 'proof-spent' }
        throw error
      }
    },

    async find(id) {
      const [status] = await findMany(id, Prisma.sql`sessions.id = ${id}`)
      return status ?? null
    },

    rotate: createRotation(database),

    async endReason(id) {
      const where = { id }
      const row = await runFor(id, (prisma) =>
        prisma.session.findUnique({ where, select: { revokedReason: true } }),
      )
      return (row?.revokedReason ?? null) as RevocationReason | null
    },

    countActive: (now) => countActiveSessions(database, now),

    async listActive(userId, now) {
      const statuses = await findMany(
        userId,
        Prisma.sql`user_id = ${userId} AND revoked_at IS NULL AND expires_at > ${now}`,
      )
      return statuses.map(({ session }) => session)
    },

    async revoke(id, userId, reason, now) {
      const where = buildActiveFilter(id, userId)
      const data = { revokedAt: now, revokedReason: reason }
      return (await runFor(userId ?? id, (prisma) => prisma.session.updateMany({ where, data }))).count === 1
    },

    async revokeAll(userId, reason, { now, endedSince }, exceptId) {
      const [, revoked, ended] = await runFor(userId, (prisma) => {
        const raise = exceptId === undefined ? 1 : 0
        const account = prisma.user.updateMany({
          where: { id: { equals: userId } },
          data: { securityStamp: { increment: raise } },
        })
        const others = Prisma.sql`id <> ${exceptId ?? ''}`
        return prisma.$transaction([
          account,
          prisma.$queryRaw(revokeSessions(userId, reason, now, others)),
          prisma.$queryRaw(selectEndedSessions(userId, endedSince)),
        ])
      })
      return { revoked: toIds(revoked), ended: toIds(ended) }
    },
  }
}

/** Inserts the session if the condition holds. `lock`: of the account's row. */
function buildInsert(
  session: NewSession,
  { securityStamp, contact, secondFactor }: StartCondition,
  lock: Prisma.Sql,
): Prisma.Sql {
  const { id, userId, methods, userAgent, ipAddress, proofHash, now, expiresAt, absoluteExpiresAt } = session
  return Prisma.sql`
    INSERT INTO sessions (id, user_id, counter, methods, user_agent, ip_address, started_by, created_at, last_used_at, expires_at, absolute_expires_at)
    SELECT ${id}, u.id, 0, ${methods.join(' ')}, ${userAgent}, ${ipAddress}, ${proofHash}, ${now}, ${now}, ${expiresAt}, ${absoluteExpiresAt}
    FROM users u WHERE u.id = ${userId} AND ${isActive('u')} AND u.generation = ${securityStamp}
      AND ${hasContact(contact)} AND ${satisfiesSecondFactor(userId, secondFactor)}
    ${lock}`
}

/** Records what the sign-in has verified about the account. */
function buildVerification({ userId, now }: NewSession, condition: StartCondition): Prisma.Sql {
  const { securityStamp, contact, dropsPassword, locale, secondFactor } = condition
  return Prisma.sql`
    UPDATE users SET status = 'ACTIVE', updated_at = ${now},
      ${markVerified(contact, now)},
      ${dropRegistration(dropsPassword, locale)}
    WHERE id = ${userId} AND ${isUnsuspended('users')} AND generation = ${securityStamp} AND ${contact !== null} = TRUE
      AND ${hasContact(contact)} AND ${satisfiesSecondFactor(userId, secondFactor)}`
}

/** Filter for one active session. `equals` accepts values only, so an object cannot become a filter. */
function buildActiveFilter(id: string, userId: string | null) {
  return { id: { equals: id }, revokedAt: null, ...(userId !== null && { userId: { equals: userId } }) }
}

/** Revokes the oldest active sessions above the limit, except the new one. */
function buildEviction({ id, userId, now }: NewSession, { maxSessions }: StartCondition): Prisma.Sql {
  const active = Prisma.sql`user_id = ${userId} AND revoked_at IS NULL AND expires_at > ${now}`
  return Prisma.sql`
    UPDATE sessions SET revoked_at = ${now}, revoked_reason = 'EVICTED'
    WHERE ${active} AND id <> ${id} AND id NOT IN (
      SELECT id FROM sessions WHERE ${active} AND id <> ${id} ORDER BY created_at DESC, id DESC LIMIT ${maxSessions - 1})
      AND EXISTS (SELECT 1 FROM sessions WHERE id = ${id})
    RETURNING id`
}

/** Revokes the active sessions of an account for which the condition holds; returns their ids. */
export function revokeSessions(
  userId: string,
  reason: RevocationReason,
  now: Date,
  condition = Prisma.sql`1 = 1`,
): Prisma.Sql {
  return Prisma.sql`
    UPDATE sessions SET revoked_at = ${now}, revoked_reason = ${reason}
    WHERE user_id = ${userId} AND revoked_at IS NULL AND ${condition}
    RETURNING id`
}

/**
 * Selects the sessions and the API keys of an account that were revoked since a time: records tell the end of
 * both.
 */
export function selectEndedSessions(userId: string, since: Date): Prisma.Sql {
  return Prisma.sql`
    SELECT id FROM sessions WHERE user_id = ${userId} AND revoked_at >= ${since}
    UNION ALL SELECT id FROM api_keys WHERE user_id = ${userId} AND revoked_at >= ${since}`
}
