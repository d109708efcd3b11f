import { CHANNELS, CHANNEL_NAMES } from '../../core/channel.ts'
import { Prisma } from '../../generated/sqlite/client.ts'
import type {
  AccountChange as ChangeRow,
  TotpFactor as FactorRow,
  User as UserRow,
} from '../../generated/sqlite/client.ts'
import type { AccountChanges, OpenChange, SealedChange, Undo } from '../../ports/account-changes.ts'
import type { AccountChangeKind } from '../../ports/new-account-change.ts'
import type { RevocationTimes } from '../../ports/users.ts'
import { eraseClosedChanges, lockSecondFactor } from './account-change-statements.ts'
import { revokeApiKeys } from './api-keys.ts'
import type { Database } from './database.ts'
import { parseConstraint } from './failures.ts'
import { splitWords, toIds, toUser } from './rows.ts'
import { revokeSessions, selectEndedSessions } from './sessions.ts'
import { buildUndoStatements, wasUndone } from './undo-statements.ts'

/** The changes of one account, oldest first, and its authenticator app. */
interface AccountHistory {
  readonly changes: readonly ChangeRow[]
  readonly user: UserRow & { readonly totpFactor: FactorRow | null }
}

/** Changes that decide over the codes of the second factor. */
const FACTOR_CHANGES: ReadonlySet<string> = new Set(['totp-disabled', 'recovery-codes-replaced'])

/** Changes of accounts in SQL. */
export function createAccountChanges({ run, runFor }: Database): AccountChanges {
  async function findHistory(id: string): Promise<(AccountHistory & { readonly change: ChangeRow }) | null> {
    const found = await runFor(id, (prisma) =>
      prisma.accountChange.findUnique({
        where: { id },
        include: { user: { include: { totpFactor: true } } },
      }),
    )
    if (!found) return null
    const { user, ...change } = found
    const where = { userId: { equals: change.userId }, closedAt: null }
    const orderBy = { securityStamp: 'asc' } as const
    const changes = await runFor(change.userId, (prisma) => prisma.accountChange.findMany({ where, orderBy }))
    return { change, changes, user }
  }

  async function undo(request: Undo, times: RevocationTimes) {
    const history = await findHistory(request.id)
    if (!history || history.change.userId !== request.userId) return null
    const source = selectFactorSource(history, history.change)
    const codeHashes = splitWords(source.recoveryCodeHashes ?? '')
    const { userId } = request
    const statements = buildUndoStatements(
      request,
      { ...history.change, sourceId: source.id, codeHashes },
      times.now,
    )
    const results = await runFor(userId, (prisma) =>
      prisma.$transaction([
        ...statements.map((statement) => prisma.$executeRaw(statement)),
        prisma.$queryRaw(revokeSessions(userId, 'LOGOUT_EVERYWHERE', times.now, wasUndone(request))),
        prisma.$executeRaw(eraseClosedChanges(userId)),
        prisma.$queryRaw(selectEndedSessions(userId, times.endedSince)),
        prisma.accountChange.findFirst({ where: { id: request.id, closedBy: request.marker } }),
        prisma.user.findUnique({ where: { id: userId } }),
      ]),
    )
    // TypeScript cannot type the end of a tuple of unknown length.
    const [revoked, , ended, closed, row] = results.slice(-5) as [
      unknown,
      number,
      unknown,
      ChangeRow | null,
      UserRow | null,
    ]
    if (!closed || !row) return null
    const user = toUser(row)
    const takenContacts = CHANNEL_NAMES.filter(
      (channel) =>
        CHANNELS[channel].readContact(toContacts(history.change)).address !== null &&
        CHANNELS[channel].readContact(user).address === null,
    )
    return { user, takenContacts, revoked: toIds(revoked), ended: toIds(ended) }
  }

  return {
    async find(id, now) {
      const history = await findHistory(id)
      const { change } = history ?? {}
      if (!history || !change || change.closedAt || change.expiresAt <= now) return null
      return toOpenChange(history, change)
    },

    async undo(request, times) {
      try {
        return await undo(request, times)
      } catch (error) {
        // Another account has taken a contact meanwhile: the second attempt leaves it there.
        if (parseConstraint(error)?.kind === 'unique') return undo(request, times)
        throw error
      }
    },

    listSealed: (afterId, limit) =>
      run(
        (prisma) => prisma.$queryRaw<SealedChange[]>`
          SELECT id, user_id AS "userId", totp_sealed AS sealed FROM account_changes
          WHERE id > ${afterId} AND totp_sealed IS NOT NULL ORDER BY id LIMIT ${limit}`,
      ),

    async reseal(id, previous, next) {
      const where = { id: { equals: id }, totpSealed: { equals: previous } }
      await run((prisma) => prisma.accountChange.updateMany({ where, data: { totpSealed: next } }))
    },

    async resetSecondFactor(userId, { now, endedSince }) {
      const isConfirmed = Prisma.sql`user_id = ${userId} AND confirmed_at IS NOT NULL`
      const hasFactor = Prisma.sql`EXISTS (SELECT 1 FROM totp_factors WHERE ${isConfirmed})`
      const [lockFactor, lockUser] = lockSecondFactor(userId, now)
      const [, , , , , revoked, , , ended, count] = await runFor(userId, (prisma) =>
        prisma.$transaction([
          prisma.$executeRaw(lockFactor),
          prisma.$executeRaw(lockUser),
          prisma.$executeRaw`DELETE FROM recovery_codes WHERE user_id = ${userId} AND ${hasFactor}`,
          prisma.$executeRaw`UPDATE users SET generation = generation + 1 WHERE id = ${userId} AND ${hasFactor}`,
          prisma.$executeRaw`
            UPDATE account_changes SET closed_at = ${now} WHERE user_id = ${userId} AND closed_at IS NULL AND ${hasFactor}`,
          prisma.$queryRaw(revokeSessions(userId, 'LOGOUT_EVERYWHERE', now, hasFactor)),
          prisma.$executeRaw(revokeApiKeys(userId, now, hasFactor)),
          prisma.$executeRaw(eraseClosedChanges(userId)),
          prisma.$queryRaw(selectEndedSessions(userId, endedSince)),
          // Last, because the statements before depend on it.
          prisma.$executeRaw`DELETE FROM totp_factors WHERE ${isConfirmed}`,
        ]),
      )
      return count === 1 ? { revoked: toIds(revoked), ended: toIds(ended) } : null
    },
  }
}

/** The state whose second factor an undo restores: the codes that were spent after the change stay spent. */
function selectFactorSource({ changes }: AccountHistory, change: ChangeRow): ChangeRow {
  const next = changes.find(
    ({ kind, securityStamp }) => FACTOR_CHANGES.has(kind) && securityStamp >= change.securityStamp,
  )
  return next && isSameTime(next.totpCreatedAt, change.totpCreatedAt) ? next : change
}

function toOpenChange(history: AccountHistory, change: ChangeRow): OpenChange {
  const { changes, user } = history
  const earlier = changes.filter(({ securityStamp }) => securityStamp <= change.securityStamp)
  const hashes = [change, ...earlier].map(({ passwordHash }) => passwordHash)
  return {
    id: change.id,
    kind: change.kind as AccountChangeKind,
    createdAt: change.createdAt,
    user: toUser(user),
    requiresProof: requiresProof(history, change),
    passwordHashes: [...new Set(hashes.filter((hash) => hash !== null))].slice(0, 2),
    securityStamps: earlier.map(({ securityStamp }) => securityStamp),
  }
}

/** As the condition of `buildUndoStatements`. */
function requiresProof({ changes, user }: AccountHistory, change: ChangeRow): boolean {
  const { totpFactor } = user
  const removesFactor =
    totpFactor?.confirmedAt != null && !isSameTime(totpFactor.createdAt, change.totpCreatedAt)
  const restoresCodes = changes.some(
    ({ kind, securityStamp }) => kind === 'recovery-codes-replaced' && securityStamp >= change.securityStamp,
  )
  return removesFactor || restoresCodes
}

function isSameTime(one: Date | null, other: Date | null): boolean {
  return one?.getTime() === other?.getTime()
}

function toContacts({ email, emailVerifiedAt, phone, phoneVerifiedAt }: ChangeRow) {
  // Only canonical addresses are ever written.
  return { email, emailVerifiedAt, phone, phoneVerifiedAt } as Parameters<
    (typeof CHANNELS)['EMAIL']['readContact']
  >[0]
}
