import { Prisma } from '../../generated/sqlite/client.ts'
import type { RevocationTimes, User, Users } from '../../ports/users.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'
import type { Database } from './database.ts'
import { CONTACT_COLUMNS, markVerified } from './contact-columns.ts'
import { parseConstraint } from './failures.ts'
import { toIds, toUser } from './rows.ts'
import { batchLookups } from './batched-lookup.ts'
import { selectEndedSessions } from './sessions.ts'
import { satisfiesSecondFactor, buildSpendStatements } from './second-factor-spending.ts'

/** Columns of an account under the names of its row type, without the password hash. */
const COLUMNS = Prisma.sql`id, email, email_verified_at AS "emailVerifiedAt", phone, phone_verified_at AS "phoneVerifiedAt",
  full_name AS "fullName", locale, status, roles, generation AS "securityStamp", created_at AS "createdAt"`

type Columns = Omit<UserRow, 'passwordHash' | 'updatedAt'>

/** Finds accounts by id. Every `me` uses it, and a raw statement costs two thirds of a model query. */
function createIdLookup({ run }: Database): Users['findById'] {
  const rowById = batchLookups(
    (ids) =>
      run(
        (prisma) =>
          prisma.$queryRaw<Columns[]>`SELECT ${COLUMNS} FROM users WHERE id IN (${Prisma.join([...ids])})`,
      ),
    ({ id }) => id,
  )
  return async (id) => {
    const row = await rowById(id)
    return row && toUser(row)
  }
}

/** Accounts in SQL. */
export function createUsers(database: Database): Users {
  const { run } = database

  async function queryUser(statement: Prisma.Sql): Promise<User | null> {
    const [row] = await run((prisma) => prisma.$queryRaw<Columns[]>(statement))
    return row ? toUser(row) : null
  }

  return {
    ...createPasswordMethods(database),

    findById: createIdLookup(database),

    findByContact: ({ channel, address }) =>
      queryUser(
        Prisma.sql`SELECT ${COLUMNS} FROM users WHERE ${CONTACT_COLUMNS[channel].address} = ${address}`,
      ),

    async findCredentials(email) {
      const row = await run((prisma) => prisma.user.findUnique({ where: { email } }))
      return row && { user: toUser(row), passwordHash: row.passwordHash }
    },

    async findCredentialsById(id) {
      const row = await run((prisma) => prisma.user.findUnique({ where: { id } }))
      return row && { user: toUser(row), passwordHash: row.passwordHash }
    },

    // One statement: a registration replaces a PENDING account, and no other. If the address is taken, the
    // row is still written and read, so that the response time does not reveal it. `updated_at` changes
    // because SQLite skips writes that change nothing.
    async register({ id, contact: { channel, address }, passwordHash, fullName, locale, now }) {
      const identity = CONTACT_COLUMNS[channel].address
      const pending = Prisma.sql`users.status = 'PENDING'`
      const user = await queryUser(Prisma.sql`
        INSERT INTO users (id, ${identity}, password_hash, full_name, locale, status, roles, generation, created_at, updated_at)
        VALUES (${id}, ${address}, ${passwordHash}, ${fullName}, ${locale}, 'PENDING', 'USER', 1, ${now}, ${now})
        ON CONFLICT (${identity}) DO UPDATE SET
          password_hash = CASE WHEN ${pending} THEN excluded.password_hash ELSE users.password_hash END,
          full_name = CASE WHEN ${pending} THEN excluded.full_name ELSE users.full_name END,
          locale = CASE WHEN ${pending} THEN excluded.locale ELSE users.locale END,
          generation = CASE WHEN ${pending} THEN users.generation + 1 ELSE users.generation END,
          updated_at = excluded.updated_at
        RETURNING ${COLUMNS}`)
      return user?.status === 'PENDING' ? user : null
    },

    verifyEmail: (userId, securityStamp, dropsPassword, now) =>
      queryUser(Prisma.sql`
        UPDATE users SET status = 'ACTIVE', email_verified_at = COALESCE(email_verified_at, ${now}), updated_at = ${now},
          password_hash = CASE WHEN status = 'PENDING' AND ${dropsPassword} = TRUE THEN NULL ELSE password_hash END
        WHERE id = ${userId} AND status IN ('PENDING', 'ACTIVE') AND generation = ${securityStamp}
        RETURNING ${COLUMNS}`),

    async setPhone(userId, phone, now) {
      try {
        return await run(async (prisma) => {
          const unconfirmed = prisma.user.deleteMany({
            where: { phone: { equals: phone }, status: 'PENDING', id: { not: { equals: userId } } },
          })
          const account = prisma.user.updateMany({
            where: { id: { equals: userId }, status: 'ACTIVE' },
            data: { phone, phoneVerifiedAt: now, updatedAt: now },
          })
          return (await prisma.$transaction([unconfirmed, account]))[1].count === 1
        })
      } catch (error) {
        if (parseConstraint(error)?.kind === 'unique') return false
        throw error
      }
    },

    async setStatus(userId, status, { now, endedSince }) {
      const ends = status !== 'ACTIVE'
      const [, revoked, ended] = await run((prisma) => {
        const account = prisma.user.updateMany({
          where: { id: { equals: userId } },
          data: { status, updatedAt: now, ...(ends ? { securityStamp: { increment: 1 } } : {}) },
        })
        const sessions = prisma.$queryRaw<{ id: string }[]>`
          UPDATE sessions SET revoked_at = ${now}, revoked_reason = 'SUSPENDED'
          WHERE user_id = ${userId} AND revoked_at IS NULL AND ${ends} = TRUE
          RETURNING id`
        return prisma.$transaction([
          account,
          sessions,
          prisma.$queryRaw(selectEndedSessions(userId, endedSince)),
        ])
      })
      return { revoked: toIds(revoked), ended: toIds(ended) }
    },

    async setRoles(userId, roles, now) {
      const rows = await run(async (prisma) => {
        const account = prisma.user.updateMany({
          where: { id: { equals: userId } },
          data: { roles: roles.join(' '), updatedAt: now },
        })
        const active = { userId: { equals: userId }, revokedAt: null, expiresAt: { gt: now } }
        const sessions = prisma.session.findMany({ where: active, select: { id: true } })
        return (await prisma.$transaction([account, sessions]))[1]
      })
      return rows.map((row) => row.id)
    },
  }
}

/** The methods that write password hashes. */
function createPasswordMethods({
  run,
}: Database): Pick<Users, 'replacePasswordHash' | 'changePassword' | 'resetPassword'> {
  return {
    async replacePasswordHash(userId, previous, next, now) {
      const { count } = await run((prisma) =>
        prisma.user.updateMany({
          where: { id: { equals: userId }, passwordHash: { equals: previous } },
          data: { passwordHash: next, updatedAt: now },
        }),
      )
      return count === 1
    },

    async changePassword({ userId, previous, next, sessionId }, times) {
      const { now, endedSince } = times
      const [count, revoked, ended] = await run((prisma) => {
        const account = prisma.$executeRaw`
          UPDATE users SET password_hash = ${next}, generation = generation + 1, updated_at = ${now}
          WHERE id = ${userId} AND status = 'ACTIVE' AND password_hash = ${previous}`
        const sessions = prisma.$queryRaw(buildRevocation(userId, next, times, sessionId))
        return prisma.$transaction([
          account,
          sessions,
          prisma.$queryRaw(selectEndedSessions(userId, endedSince)),
        ])
      })
      return count === 1 ? { revoked: toIds(revoked), ended: toIds(ended) } : null
    },

    async resetPassword({ userId, securityStamp, proves, next, secondFactor }, times) {
      const { now, endedSince } = times
      const results = await run((prisma) => {
        const account = prisma.$executeRaw`
          UPDATE users SET password_hash = ${next}, generation = generation + 1, updated_at = ${now}, status = 'ACTIVE',
            ${markVerified(proves, now)}
          WHERE id = ${userId} AND (status = 'PENDING' OR (status = 'ACTIVE' AND generation = ${securityStamp}))
            AND ${satisfiesSecondFactor(userId, secondFactor)}`
        const sessions = prisma.$queryRaw(buildRevocation(userId, next, times, ''))
        const after = prisma.user.findUnique({ where: { id: userId }, omit: { passwordHash: true } })
        const spends = secondFactor
          ? buildSpendStatements(userId, secondFactor).map((statement) => prisma.$executeRaw(statement))
          : []
        const ended = prisma.$queryRaw(selectEndedSessions(userId, endedSince))
        return prisma.$transaction([...spends, account, sessions, ended, after])
      })
      // TypeScript cannot type the end of a tuple of unknown length.
      const [count, revoked, ended, row] = results.slice(-4) as [number, unknown, unknown, UserRow | null]
      return count === 1 && row ? { revoked: toIds(revoked), ended: toIds(ended), user: toUser(row) } : null
    },
  }
}

/**
 * Revokes the other sessions of an account if its hash is `next`, which is unique to this change because of
 * its salt.
 */
function buildRevocation(
  userId: string,
  next: string,
  { now }: RevocationTimes,
  exceptId: string,
): Prisma.Sql {
  return Prisma.sql`
    UPDATE sessions SET revoked_at = ${now}, revoked_reason = 'PASSWORD_CHANGED'
    WHERE user_id = ${userId} AND revoked_at IS NULL AND id <> ${exceptId}
      AND EXISTS (SELECT 1 FROM users u WHERE u.id = ${userId} AND u.password_hash = ${next})
    RETURNING id`
}
