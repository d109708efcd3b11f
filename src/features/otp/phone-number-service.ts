import type { ClientFacts, SignedInCaller } from '../../core/caller.ts'
import { findVerifiedContact, maskContact, type Contact } from '../../core/channel.ts'
import type { DeviceTokens } from '../../core/device-tokens.ts'
import { AuthError } from '../../core/errors.ts'
import { maskPhone } from '../../core/phone.ts'
import type { NewAccountChange } from '../../ports/new-account-change.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Sessions } from '../../ports/sessions.ts'
import type { PhoneChange, User, Users } from '../../ports/users.ts'
import type { AuditService } from '../audit/audit-service.ts'
import { toRecipient } from '../notifications/notification.ts'
import type { AccountChangeService } from '../account-changes/account-change-service.ts'
import { requireFreshSignIn } from '../sessions/fresh-sign-in.ts'

/** Dependencies of the phone numbers. */
export interface PhoneNumberDependencies {
  readonly users: Users
  readonly sessionRows: Sessions
  readonly devices: DeviceTokens
  readonly changes: AccountChangeService
  readonly audit: AuditService
  readonly now: Clock
}

/** An account after its number was changed or removed. */
export interface ChangedPhone {
  readonly user: User
  /** Keeps the device of the change known, because the change has ended its device token. */
  readonly deviceToken: string
}

/** Sets and removes the phone number of an account. Both end every proof of the account. */
export class PhoneNumberService {
  readonly #deps: PhoneNumberDependencies

  constructor(deps: PhoneNumberDependencies) {
    this.#deps = deps
  }

  /**
   * Sets a number that the owner has verified. Throws `CONFLICT` when the number belongs to another account,
   * or `OTP_INVALID` when the code has been ended meanwhile.
   */
  async set(
    user: User,
    verified: Omit<PhoneChange, 'userId' | 'change'>,
    client: ClientFacts,
  ): Promise<ChangedPhone> {
    const { users, changes, audit } = this.#deps
    const change = changes.create('phone-changed')
    const outcome = await users.setPhone({ ...verified, userId: user.id, change })
    if (outcome.kind === 'taken') throw new AuthError('CONFLICT')
    if (outcome.kind === 'refused') throw new AuthError('OTP_INVALID', { attemptsLeft: 0 })
    audit.record('user_phone_verified', { userId: user.id }, client)
    const notification = { kind: 'phone-changed', phone: maskPhone(verified.phone) } as const
    await changes.notify(toRecipient(user), notification, change, client)
    return this.#toChanged(outcome.user, client)
  }

  /**
   * Removes the number of the caller. Throws `REAUTHENTICATION_REQUIRED`, `CONFLICT` for an account without a
   * number, or `LAST_CONTACT` when the account has no other verified contact.
   */
  async remove(caller: SignedInCaller): Promise<ChangedPhone> {
    const { users, sessionRows, changes, audit, now } = this.#deps
    await requireFreshSignIn(sessionRows, caller, now())
    const user = await users.findById(caller.userId)
    if (!user) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
    if (user.phone === null) throw new AuthError('CONFLICT')
    const change = changes.create('phone-removed')
    const changed = await users.removePhone(user.id, user.phone, change)
    // The statement checks the number and the other contact: with the same number, the contact is missing.
    if (!changed) throw new AuthError(await this.#explainRefusal(user))
    audit.record('user_phone_removed', { userId: user.id, sessionId: caller.sessionId }, caller.client)
    await this.#notifyRemoval(changed, findVerifiedContact(user, 'SMS'), change, caller.client)
    return this.#toChanged(changed, caller.client)
  }

  async #explainRefusal({ id, phone }: User): Promise<'LAST_CONTACT' | 'CONFLICT'> {
    const current = await this.#deps.users.findById(id)
    return current?.phone === phone ? 'LAST_CONTACT' : 'CONFLICT'
  }

  /**
   * Notifies the owner, and the removed number too if it was verified. The number gets no undo link: it may
   * have been removed because it was stolen.
   */
  async #notifyRemoval(
    user: User,
    removed: Contact<'SMS'> | null,
    change: NewAccountChange,
    client: ClientFacts,
  ): Promise<void> {
    if (!removed) return
    const { changes } = this.#deps
    const notification = { kind: 'phone-removed', phone: maskContact(removed) } as const
    await changes.notify(toRecipient(user), notification, change, client)
    await changes.notify({ contact: removed, languages: [user.locale] }, notification, null, client)
  }

  #toChanged(user: User, { deviceToken }: ClientFacts): ChangedPhone {
    return { user, deviceToken: this.#deps.devices.renew(user, deviceToken) }
  }
}
