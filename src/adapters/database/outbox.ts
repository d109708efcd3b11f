import { Prisma } from '../../generated/sqlite/client.ts'
import type { Outbox, ClaimedMessage } from '../../ports/outbox.ts'
import type { Database } from './database.ts'

/**
 * The transactional outbox in SQL. Hand-written, since a job queue would need a server of its own or one
 * database only.
 */
export function createOutbox({ run, dialect }: Database): Outbox {
  // PostgreSQL skips rows that another node is claiming. SQLite has one writer at a time.
  const lock = dialect === 'postgresql' ? Prisma.sql`FOR UPDATE SKIP LOCKED` : Prisma.empty
  return {
    async add({ id, sealed, createdAt, expiresAt }) {
      await run(
        (prisma) => prisma.$executeRaw`
          INSERT INTO outgoing_messages (id, sealed, attempts, created_at, due_at, expires_at)
          VALUES (${id}, ${sealed}, 0, ${createdAt}, ${createdAt}, ${expiresAt})`,
      )
    },

    // MATERIALIZED: a subquery with LIMIT that is evaluated twice would lock more rows than it claims.
    async claim(now, leaseUntil, limit) {
      const rows = await run(
        (prisma) => prisma.$queryRaw<ClaimedMessage[]>`
          WITH due AS MATERIALIZED (
            SELECT id FROM outgoing_messages WHERE due_at <= ${now} ORDER BY due_at LIMIT ${limit} ${lock})
          UPDATE outgoing_messages SET attempts = attempts + 1, due_at = ${leaseUntil}
          WHERE id IN (SELECT id FROM due)
          RETURNING id, sealed, attempts, expires_at AS "expiresAt", created_at AS "createdAt"`,
      )
      // RETURNING has no order.
      return rows.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime())
    },

    async remove(id) {
      await run((prisma) => prisma.$executeRaw`DELETE FROM outgoing_messages WHERE id = ${id}`)
    },

    async reschedule({ id, attempts }, dueAt) {
      await run(
        (prisma) => prisma.$executeRaw`
          UPDATE outgoing_messages SET due_at = ${dueAt} WHERE id = ${id} AND attempts = ${attempts}`,
      )
    },

    async readBacklog() {
      // The column itself, because drivers do not convert the result of MIN() to a date.
      const [row] = await run(
        (prisma) => prisma.$queryRaw<{ oldestAt: Date; messages: bigint }[]>`
          SELECT created_at AS "oldestAt", COUNT(*) OVER () AS messages FROM outgoing_messages
          ORDER BY created_at LIMIT 1`,
      )
      return { messages: Number(row?.messages ?? 0), oldestAt: row?.oldestAt ?? null }
    },
  }
}
