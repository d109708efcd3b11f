import { Prisma } from '../../generated/sqlite/client.ts'
import type { PasswordReset, RevocationTimes } from '../../ports/users.ts'
import { buildChangeStatements, eraseClosedChanges } from './account-change-statements.ts'
import { isActive, isPending } from './account-status.ts'
import { hasContact, hadContactBefore, markVerified, removeAddedContacts } from './contact-columns.ts'
import { satisfiesSecondFactor } from './second-factor-spending.ts'

/**
 * The statements of a reset: they remove added contacts, store the change, set the password, close the
 * changes that were made while the account had the proven contact, and erase them. The account is locked
 * first, so that all of them read one state.
 */
export function buildResetStatements(
  { userId, securityStamp, contact, next, secondFactor, change, addedSince }: PasswordReset,
  { now }: RevocationTimes,
): readonly Prisma.Sql[] {
  const condition = Prisma.sql`(${isPending('u')} OR (${isActive('u')} AND u.generation = ${securityStamp}))
    AND ${hasContact(contact)} AND ${satisfiesSecondFactor(userId, secondFactor)}`
  const [lock, insertion] = buildChangeStatements(userId, change, condition)
  const wasReset = Prisma.sql`u.id = ${userId} AND u.password_hash = ${next}`
  return [
    lock,
    Prisma.sql`UPDATE users AS u SET ${removeAddedContacts(contact.channel, addedSince)} WHERE u.id = ${userId} AND ${condition}`,
    insertion,
    Prisma.sql`
      UPDATE users AS u SET password_hash = ${next}, generation = generation + 1, updated_at = ${now}, status = 'ACTIVE',
        full_name = CASE WHEN ${isPending('u')} THEN NULL ELSE full_name END,
        locale = CASE WHEN ${isPending('u')} THEN NULL ELSE locale END,
        ${markVerified(contact, now)}
      WHERE u.id = ${userId} AND ${condition}`,
    Prisma.sql`
      UPDATE account_changes SET closed_at = ${now}
      WHERE user_id = ${userId} AND closed_at IS NULL AND id <> ${change.id}
        AND EXISTS (SELECT 1 FROM users u WHERE ${wasReset} AND ${hadContactBefore(contact.channel)})`,
    eraseClosedChanges(userId),
  ]
}
