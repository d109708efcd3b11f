import type { User, Users } from '../../ports/users.ts'
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

    // One statement: the newcomer takes the place of a PENDING account, and of no other.
    async register({ id, email, passwordHash, fullName, locale, now }) {
      const rows = await run(
        (prisma) => prisma.$queryRaw<Pick<UserRow, 'id'>[]>`
          INSERT INTO users (id, email, password_hash, full_name, locale, status, roles, generation, created_at, updated_at)
          VALUES (${id}, ${email}, ${passwordHash}, ${fullName}, ${locale}, 'PENDING', 'USER', 1, ${now}, ${now})
          ON CONFLICT (email) DO UPDATE SET
            password_hash = excluded.password_hash, full_name = excluded.full_name, locale = excluded.locale,
            updated_at = excluded.updated_at
          WHERE users.status = 'PENDING'
          RETURNING id`,
      )
      const [row] = rows
      return row ? byId(row.id) : null
    },

    async replacePasswordHash(userId, previous, next, now) {
      const { count } = await run((prisma) =>
        prisma.user.updateMany({
          where: { id: { equals: userId }, passwordHash: { equals: previous } },
          data: { passwordHash: next, updatedAt: now },
        }),
      )
      return count === 1
    },

    async setStatus(userId, status, { now, overSince }) {
      const ends = status !== 'ACTIVE'
      const [, ended, over] = await run((prisma) => {
        const account = prisma.user.updateMany({
          where: { id: { equals: userId } },
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
          where: { id: { equals: userId } },
          data: { roles: roles.join(' '), updatedAt: now },
        })
        const living = { userId: { equals: userId }, revokedAt: null, expiresAt: { gt: now } }
        const sessions = prisma.session.findMany({ where: living, select: { id: true } })
        return (await prisma.$transaction([account, sessions]))[1]
      })
      return rows.map((row) => row.id)
    },
  }
}
