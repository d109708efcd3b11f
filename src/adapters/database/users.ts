import { Prisma } from '../../generated/sqlite/client.ts'
import type { EndOfSessions, User, Users } from '../../ports/users.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'
import type { Database } from './database.ts'
import { userOf } from './rows.ts'
import { idsOf, overOf } from './sessions.ts'

/** Accounts in SQL. */
export function createUsers(database: Database): Users {
  const { run } = database

  // On the way of every `me`: a typed raw statement costs two thirds of the fluent call.
  async function byId(id: string): Promise<User | null> {
    const [row] = await run(
      (prisma) => prisma.$queryRaw<Omit<UserRow, 'passwordHash' | 'updatedAt'>[]>`
        SELECT id, email, email_verified_at AS "emailVerifiedAt", phone, phone_verified_at AS "phoneVerifiedAt",
          full_name AS "fullName", locale, status, roles, generation, created_at AS "createdAt"
        FROM users WHERE id = ${id}`,
    )
    return row ? userOf(row) : null
  }

  return {
    findById: byId,

    async findCredentials(email) {
      const row = await run((prisma) => prisma.user.findUnique({ where: { email } }))
      return row && { user: userOf(row), passwordHash: row.passwordHash }
    },

    async findCredentialsById(id) {
      const row = await run((prisma) => prisma.user.findUnique({ where: { id } }))
      return row && { user: userOf(row), passwordHash: row.passwordHash }
    },

    // One statement: the newcomer takes the place of a PENDING account, and of no other. Where the address is taken the row is
    // written all the same, and read: the time of an answer must not tell the two apart. Its time of writing changes, or SQLite
    // would see that nothing does and not write.
    async register({ id, email, passwordHash, fullName, locale, now }) {
      const [row] = await run(
        (prisma) => prisma.$queryRaw<Pick<UserRow, 'id' | 'status'>[]>`
          INSERT INTO users (id, email, password_hash, full_name, locale, status, roles, generation, created_at, updated_at)
          VALUES (${id}, ${email}, ${passwordHash}, ${fullName}, ${locale}, 'PENDING', 'USER', 1, ${now}, ${now})
          ON CONFLICT (email) DO UPDATE SET
            password_hash = CASE WHEN users.status = 'PENDING' THEN excluded.password_hash ELSE users.password_hash END,
            full_name = CASE WHEN users.status = 'PENDING' THEN excluded.full_name ELSE users.full_name END,
            locale = CASE WHEN users.status = 'PENDING' THEN excluded.locale ELSE users.locale END,
            updated_at = excluded.updated_at
          RETURNING id, status`,
      )
      const user = await byId(row?.id ?? id)
      return row?.status === 'PENDING' ? user : null
    },

    async replacePasswordHash(userId, previous, next, now) {
      const { count } = await run((prisma) =>
        prisma.user.updateMany({
          where: { id: userId, passwordHash: previous },
          data: { passwordHash: next, updatedAt: now },
        }),
      )
      return count === 1
    },

    async changePassword({ userId, previous, next, sessionId }, end) {
      const { now, overSince } = end
      const [count, ended, over] = await run((prisma) => {
        const account = prisma.$executeRaw`
          UPDATE users SET password_hash = ${next}, generation = generation + 1, updated_at = ${now}
          WHERE id = ${userId} AND status = 'ACTIVE' AND password_hash = ${previous}`
        const sessions = prisma.$queryRaw(endAfterChange(userId, next, end, sessionId))
        return prisma.$transaction([account, sessions, prisma.$queryRaw(overOf(userId, overSince))])
      })
      return count === 1 ? { ended: idsOf(ended), over: idsOf(over) } : null
    },

    async resetPassword({ userId, generation, next }, end) {
      const { now, overSince } = end
      const [count, ended, over, row] = await run((prisma) => {
        const account = prisma.$executeRaw`
          UPDATE users SET password_hash = ${next}, generation = generation + 1, updated_at = ${now}, status = 'ACTIVE',
            email_verified_at = COALESCE(email_verified_at, ${now})
          WHERE id = ${userId} AND status IN ('PENDING', 'ACTIVE') AND generation = ${generation}`
        const sessions = prisma.$queryRaw(endAfterChange(userId, next, end, ''))
        const after = prisma.user.findUnique({ where: { id: userId }, omit: { passwordHash: true } })
        return prisma.$transaction([account, sessions, prisma.$queryRaw(overOf(userId, overSince)), after])
      })
      return count === 1 && row ? { ended: idsOf(ended), over: idsOf(over), user: userOf(row) } : null
    },

    async setStatus(userId, status, { now, overSince }) {
      const ends = status !== 'ACTIVE'
      const [, ended, over] = await run((prisma) => {
        const account = prisma.user.updateMany({
          where: { id: userId },
          data: { status, updatedAt: now, ...(ends ? { generation: { increment: 1 } } : {}) },
        })
        const sessions = prisma.$queryRaw<{ id: string }[]>`
          UPDATE sessions SET revoked_at = ${now}, revoked_reason = 'SUSPENDED'
          WHERE user_id = ${userId} AND revoked_at IS NULL AND ${ends} = TRUE
          RETURNING id`
        return prisma.$transaction([account, sessions, prisma.$queryRaw(overOf(userId, overSince))])
      })
      return { ended: idsOf(ended), over: idsOf(over) }
    },

    async setRoles(userId, roles, now) {
      const rows = await run(async (prisma) => {
        const account = prisma.user.updateMany({
          where: { id: userId },
          data: { roles: roles.join(' '), updatedAt: now },
        })
        const living = { userId, revokedAt: null, expiresAt: { gt: now } }
        const sessions = prisma.session.findMany({ where: living, select: { id: true } })
        return (await prisma.$transaction([account, sessions]))[1]
      })
      return rows.map((row) => row.id)
    },
  }
}

/** Ends the sessions of an account whose hash is now `next`, but the one that is spared: its salt makes that hash the change's own. */
function endAfterChange(userId: string, next: string, { now }: EndOfSessions, exceptId: string): Prisma.Sql {
  return Prisma.sql`
    UPDATE sessions SET revoked_at = ${now}, revoked_reason = 'PASSWORD_CHANGED'
    WHERE user_id = ${userId} AND revoked_at IS NULL AND id <> ${exceptId}
      AND EXISTS (SELECT 1 FROM users u WHERE u.id = ${userId} AND u.password_hash = ${next})
    RETURNING id`
}
