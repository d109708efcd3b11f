import { Prisma } from '../../generated/sqlite/client.ts'
import type { ApiKey as KeyRow } from '../../generated/sqlite/client.ts'
import type { ApiKey, ApiKeyCondition, ApiKeys, NewApiKey } from '../../ports/api-keys.ts'
import type { UserStatus } from '../../ports/users.ts'
import { isActive, selectStatus } from './account-status.ts'
import type { Database } from './database.ts'
import { splitWords } from './rows.ts'

type Row = Omit<KeyRow, 'secretHash'>

/** Columns of a key under the names of its row type. */
const COLUMNS = Prisma.sql`api_keys.id, api_keys.user_id AS "userId", api_keys.name, api_keys.secret_prefix AS "secretPrefix",
  api_keys.scopes, api_keys.created_at AS "createdAt", api_keys.last_used_at AS "lastUsedAt",
  api_keys.expires_at AS "expiresAt", api_keys.revoked_at AS "revokedAt"`

/** The end of a key that does not expire: the latest time of JavaScript. */
const NEVER = new Date(8.64e15)

/** API keys in SQL. */
export function createApiKeys({ runFor, dialect }: Database): ApiKeys {
  return {
    async create(key, condition) {
      const [count, [{ active } = { active: 0 }]] = await runFor(key.userId, async (prisma) => {
        const inserted = prisma.$executeRaw(buildInsert(key, condition))
        const counted = prisma.$queryRaw<{ active: number | bigint }[]>`
          SELECT COUNT(*) AS active FROM api_keys WHERE user_id = ${key.userId} AND ${isUsable(key.createdAt)}`
        if (dialect === 'sqlite') return prisma.$transaction([inserted, counted])
        // Waiting for this lock lets concurrent creations count each other's keys, and no key escapes a
        // concurrent recovery of the account. SQLite has one writer at a time.
        const locked = prisma.$executeRaw`SELECT 1 FROM users WHERE id = ${key.userId} FOR NO KEY UPDATE`
        const [, ...results] = await prisma.$transaction([locked, inserted, counted])
        return results
      })
      if (count === 1) return 'created'
      return Number(active) >= condition.maxKeys ? 'too-many' : 'refused'
    },

    async list(userId, now, limit) {
      const rows = await runFor(
        userId,
        (prisma) => prisma.$queryRaw<Row[]>`
          SELECT ${COLUMNS} FROM api_keys WHERE user_id = ${userId}
          ORDER BY CASE WHEN ${isUsable(now)} THEN 0 ELSE 1 END, created_at DESC, id DESC LIMIT ${limit}`,
      )
      return rows.map(toApiKey)
    },

    async use({ id, secretHashes }, now, usedAt) {
      const [row] = await runFor(
        id,
        (prisma) => prisma.$queryRaw<(Row & { readonly userRoles: string })[]>`
          UPDATE api_keys SET last_used_at = ${usedAt}, secret_hash = ${secretHashes[0]}
          WHERE id = ${id} AND secret_hash IN (${Prisma.join([...secretHashes])}) AND ${isUsable(now)}
            AND EXISTS (SELECT 1 FROM users u WHERE u.id = user_id AND ${isActive('u')})
          RETURNING ${COLUMNS}, (SELECT u.roles FROM users u WHERE u.id = api_keys.user_id) AS "userRoles"`,
      )
      return row ? { key: toApiKey(row), roles: splitWords(row.userRoles) } : null
    },

    async findOwner(id) {
      const where = { id }
      const row = await runFor(id, (prisma) => prisma.apiKey.findUnique({ where, select: { userId: true } }))
      return row?.userId ?? null
    },

    async findStatus(id) {
      const [row] = await runFor(
        id,
        (prisma) => prisma.$queryRaw<(Row & { readonly userStatus: UserStatus })[]>`
          SELECT ${COLUMNS}, ${selectStatus('u')} AS "userStatus"
          FROM api_keys JOIN users u ON u.id = api_keys.user_id WHERE api_keys.id = ${id}`,
      )
      if (!row) return null
      const { userId, expiresAt, revokedAt } = row
      const session = { id, userId, revokedAt, expiresAt: expiresAt ?? NEVER }
      return { session, userStatus: row.userStatus, roles: [] }
    },

    async revoke(id, userId, now) {
      const key = { id: { equals: id }, userId: { equals: userId } }
      const where = { ...key, revokedAt: null }
      const { count } = await runFor(userId, (prisma) =>
        prisma.apiKey.updateMany({ where, data: { revokedAt: now } }),
      )
      if (count === 1) return 'revoked'
      return (await runFor(userId, (prisma) => prisma.apiKey.count({ where: key }))) === 1
        ? 'was-revoked'
        : 'unknown'
    },
  }
}

/** Revokes the keys of an account for which the condition holds. */
export function revokeApiKeys(userId: string, now: Date, condition = Prisma.sql`1 = 1`): Prisma.Sql {
  return Prisma.sql`
    UPDATE api_keys SET revoked_at = ${now} WHERE user_id = ${userId} AND revoked_at IS NULL AND ${condition}`
}

/** SQL condition: the key is neither revoked nor expired. */
function isUsable(now: Date): Prisma.Sql {
  return Prisma.sql`(revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${now}))`
}

function buildInsert(key: NewApiKey, { sessionId, securityStamp, maxKeys }: ApiKeyCondition): Prisma.Sql {
  const { id, userId, name, secretHash, secretPrefix, scopes, createdAt, expiresAt } = key
  return Prisma.sql`
    INSERT INTO api_keys (id, user_id, name, secret_hash, secret_prefix, scopes, created_at, expires_at)
    SELECT ${id}, u.id, ${name}, ${secretHash}, ${secretPrefix}, ${scopes.join(' ')}, ${createdAt}, ${expiresAt}
    FROM users u WHERE u.id = ${userId} AND ${isActive('u')} AND u.generation = ${securityStamp}
      AND EXISTS (SELECT 1 FROM sessions s WHERE s.id = ${sessionId} AND s.user_id = u.id AND s.revoked_at IS NULL)
      AND (SELECT COUNT(*) FROM api_keys WHERE user_id = ${userId} AND ${isUsable(createdAt)}) < ${maxKeys}`
}

function toApiKey({ id, userId, name, secretPrefix, scopes, ...row }: Row): ApiKey {
  const { createdAt, lastUsedAt, expiresAt, revokedAt } = row
  return {
    ...{ id, userId, name, secretPrefix, scopes: splitWords(scopes) },
    ...{ createdAt, lastUsedAt, expiresAt, revokedAt },
  }
}
