import { Prisma } from '../../generated/sqlite/client.ts'
import type { User, Users } from '../../ports/users.ts'
import type { User as UserRow } from '../../generated/sqlite/client.ts'
import { buildChangeStatements } from './account-change-statements.ts'
import {
  dropRegistration,
  STATUS_WITHOUT_SUSPENSION,
  isActive,
  isPending,
  isUnsuspended,
} from './account-status.ts'
import { revokeApiKeys } from './api-keys.ts'
import type { Database } from './database.ts'
import { CONTACT_COLUMNS, hasContact } from './contact-columns.ts'
import { toIds, toUser } from './rows.ts'
import { createPhoneMethods } from './user-phones.ts'
import { COLUMNS, MEMBERS, createAccountParser, type Columns } from './user-columns.ts'
import { batchLookups } from './batched-lookup.ts'
import { matchValues, selectJsonLines, splitRows } from './json-rows.ts'
import { revokeSessions, selectEndedSessions } from './sessions.ts'
import { keepUnchangedRows } from './unchanged-rows.ts'
import { buildResetStatements } from './password-reset-statements.ts'
import { buildSpendStatements } from './second-factor-spending.ts'

/** Finds accounts by id: every request of an account does. */
function createIdLookup({ run, dialect, readVersion }: Database): Users['findById'] {
  const parse = createAccountParser(dialect)
  const getKey = ({ id }: User) => id
  const load = async (ids: readonly string[]) => {
    const rows = Prisma.sql`SELECT ${COLUMNS} FROM users WHERE ${matchValues(dialect, Prisma.sql`id`, ids)}`
    const statement = selectJsonLines(dialect, MEMBERS, rows)
    const [text = null] = await run((_prisma, queryTexts) => queryTexts(statement))
    return splitRows(text).map(parse)
  }
  return batchLookups(keepUnchangedRows({ load, getKey, readVersion }).read, getKey)
}

/** Accounts in SQL. */
export function createUsers(database: Database): Users {
  const { run, runFor } = database

  async function queryUser(callerId: string, statement: Prisma.Sql): Promise<User | null> {
    const [row] = await runFor(callerId, (prisma) => prisma.$queryRaw<Columns[]>(statement))
    return row ? toUser(row) : null
  }

  return {
    ...createPasswordMethods(database),
    ...createPhoneMethods(database),

    findById: createIdLookup(database),

    async listNewest({ status, createdBefore, limit }) {
      const hasStatus = status === null ? Prisma.empty : Prisma.sql`AND status = ${status}`
      const rows = await run(
        (prisma) => prisma.$queryRaw<Columns[]>`
          SELECT ${COLUMNS} FROM users WHERE created_at < ${createdBefore} ${hasStatus}
          ORDER BY created_at DESC, id DESC LIMIT ${limit}`,
      )
      return rows.map(toUser)
    },

    findByContact: ({ channel, address }) =>
      queryUser(
        address,
        Prisma.sql`SELECT ${COLUMNS} FROM users WHERE ${CONTACT_COLUMNS[channel].address} = ${address}`,
      ),

    async findCredentials(email) {
      const row = await runFor(email, (prisma) => prisma.user.findUnique({ where: { email } }))
      return row && { user: toUser(row), passwordHash: row.passwordHash }
    },

    async findCredentialsById(id) {
      const row = await runFor(id, (prisma) => prisma.user.findUnique({ where: { id } }))
      return row && { user: toUser(row), passwordHash: row.passwordHash }
    },

    // One statement: a registration replaces a PENDING account, and no other. If the address is taken, the
    // row is still written and read, so that the response time does not reveal it. `updated_at` changes
    // because SQLite skips writes that change nothing.
    async register({ id, contact: { channel, address }, passwordHash, fullName, locale, now }) {
      const identity = CONTACT_COLUMNS[channel].address
      const pending = isPending('users')
      const user = await queryUser(
        address,
        Prisma.sql`
          INSERT INTO users (id, ${identity}, password_hash, full_name, locale, status, roles, generation, created_at, updated_at)
          VALUES (${id}, ${address}, ${passwordHash}, ${fullName}, ${locale}, 'PENDING', 'USER', 1, ${now}, ${now})
          ON CONFLICT (${identity}) DO UPDATE SET
            password_hash = CASE WHEN ${pending} THEN excluded.password_hash ELSE users.password_hash END,
            full_name = CASE WHEN ${pending} THEN excluded.full_name ELSE users.full_name END,
            locale = CASE WHEN ${pending} THEN excluded.locale ELSE users.locale END,
            generation = CASE WHEN ${pending} THEN users.generation + 1 ELSE users.generation END,
            updated_at = excluded.updated_at
          RETURNING ${COLUMNS}`,
      )
      return user?.status === 'PENDING' ? user : null
    },

    verifyEmail: ({ userId, securityStamp, contact, dropsPassword, locale }, now) =>
      queryUser(
        userId,
        Prisma.sql`
          UPDATE users SET status = 'ACTIVE', email_verified_at = COALESCE(email_verified_at, ${now}), updated_at = ${now},
            ${dropRegistration(dropsPassword, locale)}
          WHERE id = ${userId} AND ${isUnsuspended('users')} AND generation = ${securityStamp}
            AND ${hasContact(contact)}
          RETURNING ${COLUMNS}`,
      ),

    async suspend(userId, { now, endedSince }) {
      const [, revoked, , ended] = await runFor(userId, (prisma) => {
        const account = prisma.$executeRaw`
          UPDATE users SET status = 'SUSPENDED', suspended_at = COALESCE(suspended_at, ${now}), updated_at = ${now},
            generation = generation + 1
          WHERE id = ${userId}`
        return prisma.$transaction([
          account,
          prisma.$queryRaw(revokeSessions(userId, 'SUSPENDED', now)),
          prisma.$executeRaw(revokeApiKeys(userId, now)),
          prisma.$queryRaw(selectEndedSessions(userId, endedSince)),
        ])
      })
      return { revoked: toIds(revoked), ended: toIds(ended) }
    },

    reinstate: (userId, now) =>
      queryUser(
        userId,
        Prisma.sql`
          UPDATE users SET status = ${STATUS_WITHOUT_SUSPENSION}, suspended_at = NULL, updated_at = ${now}
          WHERE id = ${userId}
          RETURNING ${COLUMNS}`,
      ),

    async setRoles(userId, roles, now) {
      const rows = await runFor(userId, async (prisma) => {
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
  runFor,
}: Database): Pick<Users, 'replacePasswordHash' | 'changePassword' | 'resetPassword'> {
  return {
    async replacePasswordHash(userId, previous, next, now) {
      const { count } = await runFor(userId, (prisma) =>
        prisma.user.updateMany({
          where: { id: { equals: userId }, passwordHash: { equals: previous } },
          data: { passwordHash: next, updatedAt: now },
        }),
      )
      return count === 1
    },

    async changePassword({ userId, previous, next, sessionId, change }, { now, endedSince }) {
      const stored = buildChangeStatements(userId, change, Prisma.sql`u.password_hash = ${previous}`)
      const [, , rows, revoked, ended] = await runFor(userId, (prisma) => {
        const [lock, insertion] = stored
        const account = prisma.$queryRaw<Columns[]>`
          UPDATE users SET password_hash = ${next}, generation = generation + 1, updated_at = ${now}
          WHERE id = ${userId} AND ${isActive('users')} AND password_hash = ${previous}
          RETURNING ${COLUMNS}`
        const others = Prisma.sql`id <> ${sessionId} AND ${hasHash(userId, next)}`
        const sessions = prisma.$queryRaw(revokeSessions(userId, 'PASSWORD_CHANGED', now, others))
        return prisma.$transaction([
          prisma.$executeRaw(lock),
          prisma.$executeRaw(insertion),
          account,
          sessions,
          prisma.$queryRaw(selectEndedSessions(userId, endedSince)),
        ])
      })
      const [row] = rows
      return row ? { revoked: toIds(revoked), ended: toIds(ended), user: toUser(row) } : null
    },

    async resetPassword(reset, times) {
      const { userId, next, secondFactor } = reset
      const results = await runFor(userId, (prisma) => {
        const condition = hasHash(userId, next)
        const sessions = prisma.$queryRaw(revokeSessions(userId, 'PASSWORD_CHANGED', times.now, condition))
        const after = prisma.user.findUnique({ where: { id: userId } })
        const spends = secondFactor ? buildSpendStatements(userId, secondFactor) : []
        const keys = revokeApiKeys(userId, times.now, condition)
        const statements = [...spends, ...buildResetStatements(reset, times), keys]
        const ended = prisma.$queryRaw(selectEndedSessions(userId, times.endedSince))
        const executed = statements.map((statement) => prisma.$executeRaw(statement))
        return prisma.$transaction([...executed, sessions, ended, after])
      })
      // TypeScript cannot type the end of a tuple of unknown length.
      const [stored, count, , , , revoked, ended, row] = results.slice(-8) as [
        number,
        number,
        number,
        number,
        number,
        unknown,
        unknown,
        UserRow | null,
      ]
      if (count !== 1 || !row) return null
      return { revoked: toIds(revoked), ended: toIds(ended), user: toUser(row), isUndoable: stored === 1 }
    },
  }
}

/** Whether the hash of an account is `next`, which is unique to this change because of its salt. */
function hasHash(userId: string, next: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM users u WHERE u.id = ${userId} AND u.password_hash = ${next})`
}
