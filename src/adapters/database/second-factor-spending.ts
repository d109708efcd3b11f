import { Prisma } from '../../generated/sqlite/client.ts'
import type { Spending } from '../../ports/second-factors.ts'

/**
 * The statements that spend a code, for the beginning of a transaction. What follows in it asks for `wasSpent`.
 *
 * The first one decides: it writes only over the text that the code was compared with, and every code that is spent changes
 * this text. Whoever waited for another's transaction finds it changed and holds no lock, so nobody stands in a line here;
 * and where it is unchanged, no recovery code has gone since the statement began to read (PostgreSQL reads those as they were
 * before the wait).
 */
export function spend(userId: string, { code, previous, sealed }: Spending): readonly Prisma.Sql[] {
  const app = Prisma.sql`user_id = ${userId} AND confirmed_at IS NOT NULL AND sealed = ${previous}`
  if (code.kind === 'totp')
    return [
      Prisma.sql`
        UPDATE totp_factors SET last_step = ${code.step}, sealed = ${sealed} WHERE ${app} AND last_step < ${code.step}`,
    ]
  const kept = Prisma.sql`recovery_codes.code_hash = ${code.codeHash} AND recovery_codes.user_id = ${userId}`
  return [
    Prisma.sql`
      UPDATE totp_factors SET sealed = ${sealed} WHERE ${app} AND EXISTS (SELECT 1 FROM recovery_codes WHERE ${kept})`,
    Prisma.sql`DELETE FROM recovery_codes WHERE ${kept} AND ${wasSpent(userId, sealed)}`,
  ]
}

/** Whether this very transaction has written the text, which no other one writes. */
export function wasSpent(userId: string, sealed: string): Prisma.Sql {
  return Prisma.sql`EXISTS (SELECT 1 FROM totp_factors app WHERE app.user_id = ${userId} AND app.sealed = ${sealed})`
}

/** Whether a sign-in of this account takes one factor only. */
export function needsNoSecondFactor(userId: string): Prisma.Sql {
  return Prisma.sql`NOT EXISTS (SELECT 1 FROM totp_factors app WHERE app.user_id = ${userId} AND app.confirmed_at IS NOT NULL)`
}

/** The last word on second factors, whoever asks for the session: an account that has one spends a code of it. */
export function factorsSuffice(userId: string, secondFactor: Spending | null): Prisma.Sql {
  return secondFactor ? wasSpent(userId, secondFactor.sealed) : needsNoSecondFactor(userId)
}
