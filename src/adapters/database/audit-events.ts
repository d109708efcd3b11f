import { Prisma } from '../../generated/sqlite/client.ts'
import type { AuditEvent, AuditEvents } from '../../ports/audit-events.ts'
import type { Database } from './database.ts'
import { buildKeysetBounds, buildKeysetOrder } from './keyset.ts'

const KEYSET = { at: Prisma.sql`at`, id: Prisma.sql`id` }

/** Audit events in SQL. */
export function createAuditEvents({ run, runFor }: Database): AuditEvents {
  return {
    async append(events) {
      if (events.length === 0) return
      const rows = Prisma.join(events.map(toRow))
      await run(
        (prisma) => prisma.$executeRaw`
          INSERT INTO audit_events (id, at, event, user_id, session_id, ip_address, request_id, reason, count, client_id)
          VALUES ${rows} ON CONFLICT (id) DO NOTHING`,
      )
    },

    list(userId, page) {
      const where = Prisma.join(
        [Prisma.sql`user_id = ${userId}`, ...buildKeysetBounds(KEYSET, page)],
        ' AND ',
      )
      return runFor(
        userId,
        (prisma) => prisma.$queryRaw<AuditEvent[]>`
          SELECT id, at, event, user_id AS "userId", session_id AS "sessionId", ip_address AS "ipAddress",
            request_id AS "requestId", reason, count, client_id AS "clientId"
          FROM audit_events WHERE ${where} ${buildKeysetOrder(KEYSET, page)}`,
      )
    },

    removeBefore: (before, limit) =>
      run(
        (prisma) => prisma.$executeRaw`
          DELETE FROM audit_events WHERE id IN (SELECT id FROM audit_events WHERE at < ${before} LIMIT ${limit})`,
      ),
  }
}

function toRow(event: AuditEvent): Prisma.Sql {
  const { id, at, userId, sessionId, ipAddress, requestId, reason, count, clientId } = event
  return Prisma.sql`(${id}, ${at}, ${event.event}, ${userId}, ${sessionId}, ${ipAddress}, ${requestId}, ${reason}, ${count}, ${clientId})`
}
