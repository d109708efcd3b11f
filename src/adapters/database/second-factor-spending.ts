import { Prisma } from '../../generated/sqlite/client.ts'
import type { SecondFactorProof } from '../../ports/second-factors.ts'

/**
 * The statements that spend a code. They come first in a transaction, and its other statements depend on
 * `wasSpent`.
 *
 * The first statement decides. It replaces the sealed secret only if it is still the one that the code was
 * verified against, and every spent code changes it. A transaction that waited for another one therefore
 * finds it changed, updates nothing and holds no lock. If it is unchanged, no recovery code was deleted since
 * the statement started (PostgreSQL reads those as of before the wait).
 */
export function buildSpendStatements(
  userId: string,
  { code, previous, sealed }: SecondFactorProof,
): readonly Prisma.Sql[] {
  const factor = Prisma.sql`user_id = ${userId} AND confirmed_at IS NOT NULL AND sealed = ${previous}`
  if (code.kind === 'totp')
    return [
      Prisma.sql`
        UPDATE totp_factors SET last_step = ${code.step}, sealed = ${sealed} WHERE ${factor} AND last_step < ${code.step}`,
    ]
  const recoveryCode = Prisma.sql`recovery_codes.code_hash = ${code.codeHash} AND recovery_codes.user_id = ${userId}`
  return [
    Prisma.sql`
      UPDATE totp_factors SET sealed = ${sealed} WHERE ${factor} AND EXISTS (SELECT 1 FROM recovery_codes WHERE ${recoveryCode})`,
    Prisma.sql`DELETE FROM recovery_codes WHERE ${recoveryCode} AND ${wasSpent(userId, sealed)}`,
  ]
}

/** Whether this transaction has written the sealed secret, which is unique to it. */
export function wasSpent(userId: string, sealed: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM totp_factors app WHERE app.user_id = ${userId} AND app.sealed = ${sealed})`
}

/** Whether the account has no confirmed second factor. */
export function hasNoSecondFactor(userId: string): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (SELECT 1 FROM totp_factors app WHERE app.user_id = ${userId} AND app.confirmed_at IS NOT NULL)`
}

/** The final check of every sign-in: an account with a second factor must have spent one of its codes. */
export function satisfiesSecondFactor(userId: string, secondFactor: SecondFactorProof | null): Prisma.Sql {
  return secondFactor ? wasSpent(userId, secondFactor.sealed) : hasNoSecondFactor(userId)
}
