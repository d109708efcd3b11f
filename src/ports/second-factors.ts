import type { NewAccountChange } from './new-account-change.ts'

/** The authenticator app of an account and its unused recovery codes. */
export interface SecondFactor {
  /** The shared secret, sealed. */
  readonly sealed: string
  /** Null until the enrolment is confirmed by a first code; sign-ins ask for no code before. */
  readonly confirmedAt: Date | null
  /** When the secret was created. */
  readonly createdAt: Date
  readonly recoveryCodesLeft: number
}

/**
 * A valid code of a second factor, to be spent in one transaction with the change that it authorizes. Of
 * concurrent transactions with the same code, one spends it; of those with the same `previous`, one commits,
 * and the others may retry with the secret as it is sealed then.
 */
export interface SecondFactorProof {
  /** A time step, which must be later than the last accepted one; or the keyed hash of a recovery code. */
  readonly code:
    | { readonly kind: 'totp'; readonly step: number }
    | { readonly kind: 'recovery-code'; readonly codeHash: string }
  /** The sealed secret that the code was verified against. */
  readonly previous: string
  /**
   * The same secret, sealed again. No other transaction writes this text, so later statements of the
   * transaction check that it is stored. A secret in use is thereby sealed under the newest master secret.
   */
  readonly sealed: string
}

/** What the confirmation of an enrolment writes. */
export interface EnrollmentConfirmation {
  /** The sealed secret that the code was verified against. */
  readonly previous: string
  /** The same secret, sealed again. */
  readonly sealed: string
  /** The time step of the code, which is spent: it cannot complete a sign-in afterwards. */
  readonly step: number
  readonly codeHashes: readonly string[]
  readonly now: Date
  readonly change: NewAccountChange
}

/**
 * Second factors in the database. Rejects with `AuthError('SERVICE_UNAVAILABLE')` when the database fails.
 */
export interface SecondFactors {
  /** The authenticator app of the account, confirmed or not, or null. */
  find(userId: string): Promise<SecondFactor | null>
  /**
   * Stores a new secret, replacing one that was not confirmed. False when the account has a confirmed one.
   */
  enroll(userId: string, sealed: string, now: Date): Promise<boolean>
  /**
   * Confirms an enrolment, writes the recovery codes and raises the security stamp of the account, so that
   * sign-ins that began without the second factor cannot complete. The new stamp; null when there is no such
   * pending enrolment.
   */
  confirm(userId: string, confirmation: EnrollmentConfirmation): Promise<number | null>
  /**
   * Spends the code, removes the app and the recovery codes, and raises the security stamp of the account.
   * The new stamp; null when the code could not be spent.
   */
  remove(userId: string, proof: SecondFactorProof, change: NewAccountChange): Promise<number | null>
  /** Spends the code and replaces all recovery codes. False when the code could not be spent. */
  replaceRecoveryCodes(
    userId: string,
    proof: SecondFactorProof,
    codeHashes: readonly string[],
    change: NewAccountChange,
  ): Promise<boolean>
  /** The sealed secrets of accounts whose id follows `afterUserId`, in the order of ids, at most `limit`. */
  listSealed(
    afterUserId: string,
    limit: number,
  ): Promise<readonly { readonly userId: string; readonly sealed: string }[]>
  /** Replaces the sealed secret, only where it is still `previous`. */
  reseal(userId: string, previous: string, next: string): Promise<void>
}
