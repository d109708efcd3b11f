import { Prisma } from '../../generated/sqlite/client.ts'
import type { SecondFactors } from '../../ports/second-factors.ts'
import { buildChangeStatements } from './account-change-statements.ts'
import type { Database } from './database.ts'
import { buildSpendStatements, wasSpent } from './second-factor-spending.ts'

interface FactorRow {
  readonly sealed: string
  readonly confirmedAt: Date | null
  readonly createdAt: Date
  readonly codes: bigint
}

/** Second factors in SQL. */
export function createSecondFactors({ run, runFor }: Database): SecondFactors {
  /** Runs the statements in one transaction and returns the number of rows that each changed. */
  const runAll = (userId: string, ...statements: readonly Prisma.Sql[]) =>
    runFor(userId, (prisma) =>
      prisma.$transaction(statements.map((statement) => prisma.$executeRaw(statement))),
    )

  /**
   * Runs the statements in one transaction and raises the security stamp between them, if the transaction has
   * written `sealed`. The new stamp, or null.
   */
  async function runRaising(
    userId: string,
    sealed: string,
    { before, after }: { readonly before: readonly Prisma.Sql[]; readonly after: readonly Prisma.Sql[] },
  ): Promise<number | null> {
    const results: readonly unknown[] = await runFor(userId, (prisma) => {
      const raised = prisma.$queryRaw`
        UPDATE users SET generation = generation + 1 WHERE id = ${userId} AND ${wasSpent(userId, sealed)}
        RETURNING generation AS "securityStamp"`
      const [first, last] = [before, after].map((statements) =>
        statements.map((statement) => prisma.$executeRaw(statement)),
      )
      return prisma.$transaction([...(first ?? []), raised, ...(last ?? [])])
    })
    const [row] = results[before.length] as { securityStamp: number }[]
    return row?.securityStamp ?? null
  }

  return {
    async find(userId) {
      const [row] = await runFor(
        userId,
        (prisma) => prisma.$queryRaw<FactorRow[]>`
          SELECT sealed, confirmed_at AS "confirmedAt", created_at AS "createdAt",
            (SELECT COUNT(*) FROM recovery_codes WHERE recovery_codes.user_id = totp_factors.user_id) AS codes
          FROM totp_factors WHERE user_id = ${userId}`,
      )
      if (!row) return null
      const { codes, ...factor } = row
      return { ...factor, recoveryCodesLeft: Number(codes) }
    },

    async enroll(userId, sealed, now) {
      const [count] = await runAll(
        userId,
        Prisma.sql`
          INSERT INTO totp_factors (user_id, sealed, last_step, created_at) VALUES (${userId}, ${sealed}, 0, ${now})
          ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, created_at = excluded.created_at
          WHERE totp_factors.confirmed_at IS NULL`,
      )
      return count === 1
    },

    confirm: (userId, { previous, sealed, step, codeHashes, now, change }) =>
      runRaising(userId, sealed, {
        before: [
          Prisma.sql`
            UPDATE totp_factors SET confirmed_at = ${now}, last_step = ${step}, sealed = ${sealed}
            WHERE user_id = ${userId} AND confirmed_at IS NULL AND sealed = ${previous}`,
          ...buildChangeStatements(userId, change, wasSpent(userId, sealed), false),
        ],
        after: [insertCodes(userId, sealed, codeHashes, now)],
      }),

    remove: (userId, proof, change) =>
      runRaising(userId, proof.sealed, {
        before: [
          ...buildSpendStatements(userId, proof),
          ...buildChangeStatements(userId, change, wasSpent(userId, proof.sealed)),
        ],
        after: [
          Prisma.sql`DELETE FROM recovery_codes WHERE user_id = ${userId} AND ${wasSpent(userId, proof.sealed)}`,
          Prisma.sql`DELETE FROM totp_factors WHERE user_id = ${userId} AND sealed = ${proof.sealed}`,
        ],
      }),

    async replaceRecoveryCodes(userId, proof, codeHashes, change) {
      const spent = wasSpent(userId, proof.sealed)
      const counts = await runAll(
        userId,
        ...buildSpendStatements(userId, proof),
        ...buildChangeStatements(userId, change, spent),
        Prisma.sql`DELETE FROM recovery_codes WHERE user_id = ${userId} AND ${spent}`,
        insertCodes(userId, proof.sealed, codeHashes, change.createdAt),
      )
      return counts.at(-1) === codeHashes.length
    },

    listSealed: (afterUserId, limit) =>
      run(
        (prisma) => prisma.$queryRaw<{ userId: string; sealed: string }[]>`
          SELECT user_id AS "userId", sealed FROM totp_factors WHERE user_id > ${afterUserId} ORDER BY user_id LIMIT ${limit}`,
      ),

    async reseal(userId, previous, next) {
      await runAll(
        userId,
        Prisma.sql`UPDATE totp_factors SET sealed = ${next} WHERE user_id = ${userId} AND sealed = ${previous}`,
      )
    },
  }
}

/**
 * Inserts recovery codes if the transaction wrote `sealed`. Both databases name the column of VALUES
 * `column1`.
 */
function insertCodes(userId: string, sealed: string, codeHashes: readonly string[], now: Date): Prisma.Sql {
  const values = Prisma.join(codeHashes.map((hash) => Prisma.sql`(${hash})`))
  return Prisma.sql`
    INSERT INTO recovery_codes (code_hash, user_id, created_at)
    SELECT codes.column1, app.user_id, ${now} FROM totp_factors app CROSS JOIN (VALUES ${values}) AS codes
    WHERE app.user_id = ${userId} AND app.sealed = ${sealed}`
}
