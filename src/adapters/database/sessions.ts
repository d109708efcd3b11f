import { Prisma } from '../../generated/sqlite/client.ts'
import type { Session as SessionRow } from '../../generated/sqlite/client.ts'
import type {
  NewSession,
  RevocationReason,
  SessionStatus,
  Sessions,
  StartCondition,
} from '../../ports/sessions.ts'
import type { Database } from './database.ts'
import { readConstraint } from './failures.ts'
import { toSession, toUserStatus, toUser, words } from './rows.ts'
import { factorsSuffice, spend } from './second-factor-spending.ts'

/** Columns of a session under the names of its row type. */
const COLUMNS = Prisma.sql`sessions.id, user_id AS "userId", counter, methods, user_agent AS "userAgent", ip_address AS "ipAddress",
  sessions.created_at AS "createdAt", last_used_at AS "lastUsedAt", rotated_at AS "rotatedAt", expires_at AS "expiresAt",
  absolute_expires_at AS "absoluteExpiresAt", revoked_at AS "revokedAt"`

type StandingRow = Omit<SessionRow, 'proofHash' | 'revokedReason'> & { userStatus: string; userRoles: string }

/** Sessions in SQL. */
export function createSessions(database: Database): Sessions {
  const { run, dialect } = database
  // PostgreSQL: a sign-out everywhere that is under way holds the account's row; waiting for it here is what keeps a
  // session from slipping in between, and two starts from each overlooking the other when they count. SQLite has one
  // writer at a time.
  const lock = dialect === 'postgresql' ? Prisma.sql`FOR NO KEY UPDATE OF u` : Prisma.empty

  async function findMany(condition: Prisma.Sql): Promise<SessionStatus[]> {
    const rows = await run(
      (prisma) => prisma.$queryRaw<StandingRow[]>`
        SELECT ${COLUMNS}, u.status AS "userStatus", u.roles AS "userRoles"
        FROM sessions JOIN users u ON u.id = user_id WHERE ${condition} ORDER BY sessions.created_at DESC, sessions.id DESC`,
    )
    return rows.map((row) => ({
      session: toSession(row),
      userStatus: toUserStatus(row.userStatus),
      roles: words(row.userRoles),
    }))
  }

  return {
    async start(session, condition) {
      try {
        return await run(async (prisma) => {
          const verified = prisma.$executeRaw(verify(session, condition))
          const inserted = prisma.$executeRaw(insert(session, condition, lock))
          const evicted = prisma.$queryRaw<{ id: string }[]>(evict(session, condition))
          const account = prisma.user.findUnique({
            where: { id: session.userId },
            omit: { passwordHash: true },
          })
          const spent = condition.secondFactor ? spend(session.userId, condition.secondFactor) : []
          const spends = spent.map((statement) => prisma.$executeRaw(statement))
          const results = await prisma.$transaction([...spends, verified, inserted, evicted, account])
          // The type of a list with a part of any length does not say what stands at its end.
          const [count, gone, row] = results.slice(-3) as [number, { id: string }[], Awaited<typeof account>]
          if (count !== 1 || !row) return 'refused'
          return { user: toUser(row), evicted: gone.map(({ id: evictedId }) => evictedId) }
        })
      } catch (error) {
        if (readConstraint(error)?.kind === 'unique') return 'spent'
        throw error
      }
    },

    async find(id) {
      const [standing] = await findMany(Prisma.sql`sessions.id = ${id}`)
      return standing ?? null
    },

    async rotate(id, counter, now, expiresAt) {
      const rows = await run(
        (prisma) => prisma.$queryRaw<Omit<SessionRow, 'proofHash' | 'revokedReason'>[]>`
          UPDATE sessions SET counter = counter + 1, rotated_at = ${now}, last_used_at = ${now},
            expires_at = CASE WHEN absolute_expires_at < ${expiresAt} THEN absolute_expires_at ELSE ${expiresAt} END
          WHERE id = ${id} AND counter = ${counter} AND revoked_at IS NULL AND expires_at > ${now}
            AND EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND u.status = 'ACTIVE')
          RETURNING ${COLUMNS}`,
      )
      const [row] = rows
      if (!row) return null
      const user = await run((prisma) =>
        prisma.user.findUnique({ where: { id: row.userId }, omit: { passwordHash: true } }),
      )
      return user && { session: toSession(row), user: toUser(user) }
    },

    async endReason(id) {
      const where = { id }
      const row = await run((prisma) => prisma.session.findUnique({ where, select: { revokedReason: true } }))
      return (row?.revokedReason ?? null) as RevocationReason | null
    },

    async listLiving(userId, now) {
      const standings = await findMany(
        Prisma.sql`user_id = ${userId} AND revoked_at IS NULL AND expires_at > ${now}`,
      )
      return standings.map(({ session }) => session)
    },

    async revoke(id, userId, reason, now) {
      const where = livingSession(id, userId)
      const data = { revokedAt: now, revokedReason: reason }
      return (await run((prisma) => prisma.session.updateMany({ where, data }))).count === 1
    },

    async revokeAll(userId, reason, { now, overSince }, exceptId) {
      const [, ended, over] = await run((prisma) => {
        const raise = exceptId === undefined ? 1 : 0
        const account = prisma.user.updateMany({
          where: { id: { equals: userId } },
          data: { securityStamp: { increment: raise } },
        })
        const sessions = prisma.$queryRaw<{ id: string }[]>`
          UPDATE sessions SET revoked_at = ${now}, revoked_reason = ${reason}
          WHERE user_id = ${userId} AND revoked_at IS NULL AND id <> ${exceptId ?? ''}
          RETURNING id`
        return prisma.$transaction([
          account,
          sessions,
          prisma.$queryRaw(longEndedSessions(userId, overSince)),
        ])
      })
      return { ended: toIds(ended), over: toIds(over) }
    },
  }
}

/** Writes the session where the condition holds; `lock`: of the account's row. */
function insert(
  session: NewSession,
  { securityStamp, secondFactor }: StartCondition,
  lock: Prisma.Sql,
): Prisma.Sql {
  const { id, userId, methods, userAgent, ipAddress, proofHash, now, expiresAt, absoluteExpiresAt } = session
  return Prisma.sql`
    INSERT INTO sessions (id, user_id, counter, methods, user_agent, ip_address, started_by, created_at, last_used_at, expires_at, absolute_expires_at)
    SELECT ${id}, u.id, 0, ${methods.join(' ')}, ${userAgent}, ${ipAddress}, ${proofHash}, ${now}, ${now}, ${expiresAt}, ${absoluteExpiresAt}
    FROM users u WHERE u.id = ${userId} AND u.status = 'ACTIVE' AND u.generation = ${securityStamp}
      AND ${factorsSuffice(userId, secondFactor)}
    ${lock}`
}

/** What the sign-in proves of the account. */
function verify({ userId, now }: NewSession, condition: StartCondition): Prisma.Sql {
  const { securityStamp, proves, dropsPassword, secondFactor } = condition
  return Prisma.sql`
    UPDATE users SET status = 'ACTIVE', updated_at = ${now},
      email_verified_at = CASE WHEN ${proves === 'EMAIL'} = TRUE THEN COALESCE(email_verified_at, ${now}) ELSE email_verified_at END,
      phone_verified_at = CASE WHEN ${proves === 'SMS'} = TRUE THEN COALESCE(phone_verified_at, ${now}) ELSE phone_verified_at END,
      password_hash = CASE WHEN status = 'PENDING' AND ${dropsPassword} = TRUE THEN NULL ELSE password_hash END
    WHERE id = ${userId} AND status IN ('PENDING', 'ACTIVE') AND generation = ${securityStamp} AND ${proves !== null} = TRUE
      AND ${factorsSuffice(userId, secondFactor)}`
}

/** One session that has not been ended; an object in the place of a text would be a filter of its own, but `equals` takes values alone. */
function livingSession(id: string, userId: string | null) {
  return { id: { equals: id }, revokedAt: null, ...(userId !== null && { userId: { equals: userId } }) }
}

/** Ends the oldest living sessions beyond the number; the one that has just started is not among them. */
function evict({ id, userId, now }: NewSession, { maxSessions }: StartCondition): Prisma.Sql {
  const living = Prisma.sql`user_id = ${userId} AND revoked_at IS NULL AND expires_at > ${now}`
  return Prisma.sql`
    UPDATE sessions SET revoked_at = ${now}, revoked_reason = 'EVICTED'
    WHERE ${living} AND id <> ${id} AND id NOT IN (
      SELECT id FROM sessions WHERE ${living} AND id <> ${id} ORDER BY created_at DESC, id DESC LIMIT ${maxSessions - 1})
      AND EXISTS (SELECT 1 FROM sessions WHERE id = ${id})
    RETURNING id`
}

/** Sessions of an account that have ended since a time. */
export function longEndedSessions(userId: string, since: Date): Prisma.Sql {
  return Prisma.sql`SELECT id FROM sessions WHERE user_id = ${userId} AND revoked_at >= ${since}`
}

/** The ids of rows. */
export function toIds(rows: unknown): readonly string[] {
  return (rows as { id: string }[]).map(({ id }) => id)
}
