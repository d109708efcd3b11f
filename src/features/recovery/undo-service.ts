import { z } from 'zod'
import type { ClientFacts } from '../../core/caller.ts'
import type { Channel } from '../../core/channel.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { AuthError } from '../../core/errors.ts'
import { parseInput, presentedPassword } from '../../core/input.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { UndoTokens } from '../../core/undo-tokens.ts'
import type { AccountChanges, OpenChange } from '../../ports/account-changes.ts'
import type { Clock } from '../../ports/clock.ts'
import type { PasswordHasher, PasswordHashing } from '../../ports/password-hasher.ts'
import type { AuditService } from '../audit/audit-service.ts'
import type { LimitService } from '../limits/limit-service.ts'
import { LIMITS } from '../limits/limits.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { SessionRecords } from '../sessions/session-records.ts'
import { matchesPassword } from '../passwords/password-check-service.ts'
import type { AccountChangeService } from '../account-changes/account-change-service.ts'

/** Dependencies of the undo. */
export interface UndoDependencies {
  readonly accountChanges: AccountChanges
  readonly changes: AccountChangeService
  readonly undoTokens: UndoTokens
  readonly devices: DeviceTokens
  readonly passwordHashing: PasswordHashing
  readonly records: SessionRecords
  readonly limits: LimitService
  readonly audit: AuditService
  readonly random: Random
  readonly now: Clock
}

/** The outcome of an undo. */
export interface UndoOutcome {
  readonly revokedSessions: number
  /** Channels whose contact belongs to another account now and was not restored. */
  readonly takenContacts: readonly Channel[]
}

const undoInput = z.object({
  token: z.string().max(256, 'is too long'),
  password: presentedPassword.nullish(),
})

/**
 * Undoes a change of an account, and every change after it, by the link of its notification. An undo that
 * removes a second factor also requires a proof that is older than the change: a password that the account
 * had then, or a device that it knew then by more than a code to the mailbox or phone of the link. Neither
 * the mailbox nor the password alone removes a factor.
 */
export class UndoService {
  readonly #deps: UndoDependencies

  constructor(deps: UndoDependencies) {
    this.#deps = deps
  }

  /** Throws `TOKEN_INVALID`, `PROOF_REQUIRED` or `RATE_LIMITED`. */
  async undo(input: unknown, client: ClientFacts): Promise<UndoOutcome> {
    const { accountChanges, undoTokens, records, random, now } = this.#deps
    const { token, password } = parseInput(undoInput, input)
    const id = undoTokens.read(token)
    const change = id === null ? null : await accountChanges.find(id, new Date(now()))
    if (!change) throw new AuthError('TOKEN_INVALID')
    const isProven = change.requiresProof && (await this.#prove(change, password ?? null, client))
    const undo = { id: change.id, userId: change.user.id, marker: newId(random), isProven }
    const undone = await accountChanges.undo(undo, records.createRevocationTimes())
    if (!undone) throw new AuthError('TOKEN_INVALID')
    const { user, revoked, ended, takenContacts } = undone
    const facts = { userId: user.id, reason: change.kind, count: revoked.length }
    this.#deps.audit.record('user_change_undone', facts, client)
    await this.#deps.changes.notify(toRecipient(user), { kind: 'change-undone' }, null, client)
    await records.end(ended)
    return { revokedSessions: revoked.length, takenContacts }
  }

  /**
   * True for a proof that is older than the change. A password is counted before it is compared, so that the
   * link does not allow passwords to be guessed.
   */
  async #prove(change: OpenChange, password: string | null, client: ClientFacts): Promise<boolean> {
    if (this.#isKnownDevice(change, client)) return true
    const { limits, passwordHashing, audit } = this.#deps
    if (password === null) throw new AuthError('PROOF_REQUIRED')
    return passwordHashing.reserve(async (hasher) => {
      const { remaining } = await limits.claim(LIMITS.undoProofs, change.user.id)
      if (await matchesAny(hasher, change.passwordHashes, password)) return true
      audit.record('user_change_undo_fail', { userId: change.user.id, reason: change.kind }, client)
      throw new AuthError('PROOF_REQUIRED', { attemptsLeft: remaining })
    })
  }

  /** Whether the account knew the device before the change. */
  #isKnownDevice({ user, securityStamps }: OpenChange, { deviceToken }: ClientFacts): boolean {
    const device = deviceToken === null ? null : this.#deps.devices.verify(deviceToken, user.id)
    return device !== null && device.isBeyondContact && securityStamps.includes(device.securityStamp)
  }
}

async function matchesAny(
  hasher: PasswordHasher,
  hashes: readonly string[],
  password: string,
): Promise<boolean> {
  // The same work for an account that had no password.
  for (const hash of hashes.length > 0 ? hashes : [null])
    if (await matchesPassword(hasher, hash, password)) return true
  return false
}
