import type { ClientFacts } from '../../core/caller.ts'
import { HOUR_MS } from '../../core/duration.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { UndoTokens } from '../../core/undo-tokens.ts'
import type { AccountChangeKind, NewAccountChange } from '../../ports/new-account-change.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NotificationService } from '../notifications/notification-service.ts'
import type { PlainNotification, Recipient } from '../notifications/notification.ts'
import { describeOrigin } from '../sessions/notification-origin.ts'

/** Dependencies of the account changes. */
export interface AccountChangeDependencies {
  readonly notifications: NotificationService
  readonly undoTokens: UndoTokens
  readonly random: Random
  readonly now: Clock
  /** `RECOVERY_WINDOW_HOURS`. */
  readonly windowHours: number
  /** The page that undo links open; null: notifications contain no link. */
  readonly page: string | null
}

/** Creates the records of changes that owners can undo, and notifies owners of them. */
export class AccountChangeService {
  readonly #deps: AccountChangeDependencies

  constructor(deps: AccountChangeDependencies) {
    this.#deps = deps
  }

  /** A change that happens now. It is stored in the transaction that changes the account. */
  create(kind: AccountChangeKind): NewAccountChange {
    const { random, now, windowHours } = this.#deps
    const at = now()
    const expiresAt = new Date(at + windowHours * HOUR_MS)
    return { id: newId(random), kind, createdAt: new Date(at), expiresAt }
  }

  /** Contacts that were added since then are removed by a password reset. */
  findWindowStart(): Date {
    const { now, windowHours } = this.#deps
    return new Date(now() - windowHours * HOUR_MS)
  }

  /**
   * Notifies the owner of a change, with the time, network and device of the request and the link that undoes
   * the change. `change`: null for one that cannot be undone. Throws `SERVICE_UNAVAILABLE`.
   */
  async notify(
    recipient: Recipient | null,
    notification: PlainNotification,
    change: NewAccountChange | null,
    client: ClientFacts,
  ): Promise<void> {
    const { notifications, now } = this.#deps
    const origin = describeOrigin(client, change?.createdAt.getTime() ?? now())
    const undo = change && this.#toUndo(change)
    await notifications.send(recipient, { ...notification, origin, ...(undo && { undo }) })
  }

  #toUndo({ id }: NewAccountChange) {
    const { undoTokens, windowHours, page } = this.#deps
    return page === null ? null : { link: `${page}#token=${undoTokens.issue(id)}`, hours: windowHours }
  }
}
