import type { Caller } from '../../core/caller.ts'
import type { Contact, OtpPurpose } from '../../core/channel.ts'
import type { User } from '../../ports/users.ts'
import type { CandidateCodes, FoundChallenge } from '../otp/otp-challenge.ts'
import type { SignInCondition } from './mfa-challenges.ts'

/** The account of a signed-in caller; null for others. */
export function readUserId(caller: Caller): string | null {
  return caller.kind === 'signed-in' ? caller.userId : null
}

/** Whether a code sets the number of an account. Codes of earlier versions do not name who requested them. */
export function isPhoneChange(
  { openerId }: CandidateCodes,
  purpose: OtpPurpose,
  account: User | null,
): boolean {
  return purpose === 'VERIFY_PHONE' && (openerId !== null || account?.status === 'ACTIVE')
}

/** Whether the caller requested the code. This does not depend on whether the number is taken (SR-220). */
export function mayChangePhone({ openerId, userId }: CandidateCodes, caller: Caller): boolean {
  const callerId = readUserId(caller)
  return callerId !== null && callerId === (openerId ?? userId)
}

/**
 * A code proves who owns the contact, not who chose the password, the name and the language of an account
 * that was never verified (SR-013, SR-222). They are kept only with a proof of the last registration: the id
 * of its challenge, or the token of the browser (`isRegistrant`). Otherwise they are removed when the account
 * becomes ACTIVE.
 */
export function toSignInCondition(
  user: User,
  challenge: FoundChallenge,
  contact: Contact,
  isRegistrant: boolean,
): SignInCondition {
  const { path, record } = challenge
  const isOwnChallenge = path === 'challenge' && record?.registrationStamp === user.securityStamp
  const securityStamp = toSecurityStamp(user, challenge)
  return { securityStamp, contact, dropsPassword: !isOwnChallenge && !isRegistrant }
}

/**
 * The security stamp that the account must have. A PENDING account must have the one that was read, because
 * only registrations raise it, and `toSignInCondition` depends on the last one. Codes of earlier versions
 * carry no stamp; they expire within minutes.
 */
export function toSecurityStamp({ status, securityStamp }: User, { record }: FoundChallenge): number {
  return status === 'PENDING' ? securityStamp : (record?.securityStamp ?? securityStamp)
}
