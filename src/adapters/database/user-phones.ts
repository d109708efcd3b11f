import { Prisma } from '../../generated/sqlite/client.ts'
import type { Users } from '../../ports/users.ts'
import { buildChangeStatements } from './account-change-statements.ts'
import { isActive, isPending } from './account-status.ts'
import { hasOtherVerifiedContact } from './contact-columns.ts'
import type { Database } from './database.ts'
import { parseConstraint } from './failures.ts'
import { toUser } from './rows.ts'
import { COLUMNS, type Columns } from './user-columns.ts'

/** The methods that write phone numbers. */
export function createPhoneMethods({ runFor }: Database): Pick<Users, 'removePhone' | 'setPhone'> {
  return {
    async removePhone(userId, phone, change) {
      const condition = Prisma.sql`phone = ${phone} AND ${hasOtherVerifiedContact('SMS')}`
      const stored = buildChangeStatements(userId, change, condition)
      const results: readonly unknown[] = await runFor(userId, (prisma) =>
        prisma.$transaction([
          ...stored.map((statement) => prisma.$executeRaw(statement)),
          prisma.$queryRaw`
            UPDATE users SET phone = NULL, phone_verified_at = NULL, generation = generation + 1, updated_at = ${change.createdAt}
            WHERE id = ${userId} AND ${isActive('users')} AND ${condition}
            RETURNING ${COLUMNS}`,
        ]),
      )
      const [row] = results.at(-1) as Columns[]
      return row ? toUser(row) : null
    },

    async setPhone({ userId, securityStamp, phone, change }) {
      const account = Prisma.sql`id = ${userId} AND ${isActive('users')} AND generation = ${securityStamp}`
      const stored = buildChangeStatements(userId, change, Prisma.sql`generation = ${securityStamp}`)
      try {
        const results: readonly unknown[] = await runFor(userId, (prisma) => {
          const unconfirmed = prisma.$executeRaw`
            DELETE FROM users WHERE phone = ${phone} AND ${isPending('users')} AND id <> ${userId}
              AND EXISTS (SELECT 1 FROM users WHERE ${account})`
          const changed = prisma.$queryRaw`
            UPDATE users SET phone = ${phone}, phone_verified_at = ${change.createdAt}, generation = generation + 1,
              updated_at = ${change.createdAt}
            WHERE ${account}
            RETURNING ${COLUMNS}`
          const statements = stored.map((statement) => prisma.$executeRaw(statement))
          return prisma.$transaction([...statements, unconfirmed, changed])
        })
        const [row] = results.at(-1) as Columns[]
        return row ? { kind: 'changed', user: toUser(row) } : { kind: 'refused' }
      } catch (error) {
        if (parseConstraint(error)?.kind === 'unique') return { kind: 'taken' }
        throw error
      }
    },
  }
}
