/** An account's authenticator app, and how many recovery codes stand in for it. */
export interface SecondFactor {
  /** The shared secret, sealed. */
  readonly sealed: string
  /** Null until a first code showed that the app holds the secret: nothing asks for it before. */
  readonly confirmedAt: Date | null
  /** When the secret was made. */
  readonly createdAt: Date
  readonly recoveryCodesLeft: number
}

/**
 * A code of a second factor that is to be spent together with what it is spent on, in one transaction. Of any number of
 * transactions with one code, one spends it; of those that begin with one `previous`, one goes on, and the others may try
 * again with what stands then.
 */
export interface Spending {
  /** A time step, which must lie after the last that was accepted; or the keyed hash of a recovery code. */
  readonly code:
    | { readonly kind: 'totp'; readonly step: number }
    | { readonly kind: 'recovery-code'; readonly codeHash: string }
  /** What is sealed now: the secret that the code was compared with. */
  readonly previous: string
  /**
   * The same secret sealed anew. No other transaction writes this text, so what stands behind the code asks whether it is
   * there; and a secret in use moves on to the newest master secret by itself.
   */
  readonly sealed: string
}

/** What a confirmation writes. */
export interface Confirmation {
  /** What is sealed now: of the enrolment whose code was right. */
  readonly previous: string
  /** The same secret sealed anew. */
  readonly sealed: string
  /** The step of that code: it signs nobody in. */
  readonly step: number
  readonly codeHashes: readonly string[]
  readonly now: Date
}

/** Second factors, in SQL. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails. */
export interface SecondFactors {
  /** The account's app, confirmed or not; null where there is none. */
  find(userId: string): Promise<SecondFactor | null>
  /** Keeps a new secret in the place of none or of one that was never confirmed. False where a confirmed one stands. */
  enroll(userId: string, sealed: string, now: Date): Promise<boolean>
  /**
   * Confirms an enrolment, writes the recovery codes, and raises the account's security stamp, so that no sign-in that began
   * without the factor ends after it. False where that enrolment no longer waits.
   */
  confirm(userId: string, confirmation: Confirmation): Promise<boolean>
  /** Spends the code on the removal of app and recovery codes. False where it could not be spent. */
  remove(userId: string, spending: Spending): Promise<boolean>
  /** Spends the code on new recovery codes in the place of all. False where it could not be spent. */
  replaceRecoveryCodes(
    userId: string,
    spending: Spending,
    codeHashes: readonly string[],
    now: Date,
  ): Promise<boolean>
  /** Sealed secrets after a user id in the order of ids, at most `limit`. */
  listSealed(
    afterUserId: string,
    limit: number,
  ): Promise<readonly { readonly userId: string; readonly sealed: string }[]>
  /** Replaces what is sealed, only where it is still the same. */
  reseal(userId: string, previous: string, next: string): Promise<void>
}
