import { useHistoryState } from 'wouter/use-browser-location'
import type { CodeSent, MfaRequired, OtpPurpose, ResetGranted } from 'graphql-auth-gateway-client'

/** A code that was sent. It is in the history entry, so that a reload and the back button keep it. */
export interface PendingCode {
  readonly kind: 'code'
  readonly purpose: Exclude<OtpPurpose, 'VERIFY_PHONE'>
  readonly email: string
  readonly challengeId: string
  /** Times of this device in milliseconds. */
  readonly expiresAt: number
  readonly resendAt: number
  /** The code, from a gateway in development; else null. */
  readonly otpCode: string | null
}

/** A sign-in that waits for its second step. */
export interface PendingFactor {
  readonly kind: 'factor'
  readonly challengeId: string
  readonly expiresAt: number
}

/** Permission to set a new password. */
export interface PendingReset {
  readonly kind: 'reset'
  readonly resetToken: string
  readonly needsFactor: boolean
}

type Pending = PendingCode | PendingFactor | PendingReset

/** The step of this history entry, if it is of the kind. */
export function usePending<Kind extends Pending['kind']>(
  kind: Kind,
): Extract<Pending, { kind: Kind }> | null {
  const state = useHistoryState<Pending | null>()
  return state?.kind === kind ? (state as Extract<Pending, { kind: Kind }>) : null
}

/** The step after a code was sent. */
export function toPendingCode(sent: CodeSent, email: string, purpose: PendingCode['purpose']): PendingCode {
  const now = Date.now()
  const { challengeId, expiresIn, resendAvailableIn, otpCode } = sent
  const times = { expiresAt: now + expiresIn * 1000, resendAt: now + resendAvailableIn * 1000 }
  return { kind: 'code', purpose, email, challengeId, otpCode, ...times }
}

/** The step after the first factor of an account with a second one. */
export function toPendingFactor({ challengeId, expiresIn }: MfaRequired): PendingFactor {
  return { kind: 'factor', challengeId, expiresAt: Date.now() + expiresIn * 1000 }
}

/** The step after the code of a password reset. */
export function toPendingReset({ resetToken, mfaMethods }: ResetGranted): PendingReset {
  return { kind: 'reset', resetToken, needsFactor: mfaMethods.length > 0 }
}
