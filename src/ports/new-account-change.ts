/** What was changed. */
export type AccountChangeKind =
  | 'password-changed'
  | 'phone-changed'
  | 'phone-removed'
  | 'totp-enabled'
  | 'totp-disabled'
  | 'recovery-codes-replaced'

/** A change that its owner can undo. It is stored in the transaction that changes the account. */
export interface NewAccountChange {
  readonly id: string
  readonly kind: AccountChangeKind
  readonly createdAt: Date
  /** The change can be undone before this time. */
  readonly expiresAt: Date
}
