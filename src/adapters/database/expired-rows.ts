import type { Contact } from '../../core/channel.ts'
import type { EmailAddress } from '../../core/email-address.ts'
import type { PhoneNumber } from '../../core/phone.ts'
import { Prisma } from '../../generated/sqlite/client.ts'
import type { ExpiredRows, IdRange } from '../../ports/expired-rows.ts'
import { isPending } from './account-status.ts'
import type { Database } from './database.ts'

const TABLES = {
  accounts: Prisma.sql`users`,
  sessions: Prisma.sql`sessions`,
  'api-keys': Prisma.sql`api_keys`,
  'account-changes': Prisma.sql`account_changes`,
}

interface PendingRow {
  readonly id: string
  readonly email: string | null
  readonly phone: string | null
}

/** Expired rows in SQL. */
export function createExpiredRows({ run }: Database): ExpiredRows {
  return {
    async nextRange(table, after, size) {
      const [row] = await run(
        (prisma) => prisma.$queryRaw<{ id: string }[]>`
          SELECT id FROM ${TABLES[table]} WHERE id > ${after} ORDER BY id LIMIT 1 OFFSET ${size - 1}`,
      )
      return { after, to: row?.id ?? null }
    },

    async findPendingAccounts(range, changedBefore) {
      const rows = await run(
        (prisma) => prisma.$queryRaw<PendingRow[]>`
          SELECT id, email, phone FROM users WHERE ${isWithin(range)} AND ${isAbandoned(changedBefore)}`,
      )
      return rows.map((row) => ({ id: row.id, contacts: toContacts(row) }))
    },

    async removePendingAccounts(ids, changedBefore) {
      if (ids.length === 0) return 0
      return run(
        (prisma) => prisma.$executeRaw`
          DELETE FROM users WHERE id IN (${Prisma.join([...ids])}) AND ${isAbandoned(changedBefore)}`,
      )
    },

    removeEndedSessions: (range, endedBefore) =>
      run(
        (prisma) => prisma.$executeRaw`
          DELETE FROM sessions WHERE ${isWithin(range)} AND (revoked_at < ${endedBefore} OR expires_at < ${endedBefore})`,
      ),

    removeEndedApiKeys: (range, endedBefore) =>
      run(
        (prisma) => prisma.$executeRaw`
          DELETE FROM api_keys WHERE ${isWithin(range)} AND (revoked_at < ${endedBefore} OR expires_at < ${endedBefore})`,
      ),

    removeExpiredChanges: (range, expiredBefore) =>
      run(
        (prisma) => prisma.$executeRaw`
          DELETE FROM account_changes WHERE ${isWithin(range)} AND expires_at <= ${expiredBefore}`,
      ),
  }
}

function isWithin({ after, to }: IdRange): Prisma.Sql {
  return to === null ? Prisma.sql`id > ${after}` : Prisma.sql`id > ${after} AND id <= ${to}`
}

/** A repeated registration changes `updated_at`. */
function isAbandoned(changedBefore: Date): Prisma.Sql {
  return Prisma.sql`${isPending('users')} AND updated_at < ${changedBefore}`
}

/** Only canonical addresses are ever written, so they are not parsed again. */
function toContacts({ email, phone }: PendingRow): Contact[] {
  return [
    ...(email === null ? [] : [{ channel: 'EMAIL', address: email as EmailAddress } as const]),
    ...(phone === null ? [] : [{ channel: 'SMS', address: phone as PhoneNumber } as const]),
  ]
}
