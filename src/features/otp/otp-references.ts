import { AuthError } from '../../core/errors.ts'
import type { CandidateCodes, OtpHolder } from './otp-challenge.ts'
import type { OtpRecord, OtpRecords } from './otp-record.ts'

const CHALLENGE_ID = /^([\w-]{43})\.([\w-]{24})$/

/** The parts of a challenge id. Throws `OTP_NOT_FOUND` for a text that is not a challenge id. */
export function parseChallengeId(challengeId: string): { targetId: string; nonce: string } {
  const [, targetId, nonce] = CHALLENGE_ID.exec(challengeId) ?? []
  if (!targetId || !nonce) throw new AuthError('OTP_NOT_FOUND', { reason: 'UNKNOWN' })
  return { targetId, nonce }
}

/** Names the account and the opener of codes. */
export function toCandidates(found: Omit<CandidateCodes, 'userId' | 'openerId'>): CandidateCodes {
  const { records } = found
  const userId = records.find((record) => record.userId !== null)?.userId ?? null
  return { ...found, userId, openerId: records[0]?.openerId ?? null }
}

/** Codes that a signed-in account has requested for a number are valid for this account only. */
export function selectVisible(records: OtpRecords, callerId: string | null): OtpRecords {
  const own = records.filter(({ openerId }) => openerId !== null && openerId === callerId)
  return own.length > 0 ? own : records.filter(({ openerId }) => openerId === null)
}

/** The part of a record that names its account. */
export function toHolderFields(
  holder: OtpHolder | null,
): Pick<OtpRecord, 'userId' | 'securityStamp' | 'registrationStamp'> {
  if (!holder) return { userId: null, securityStamp: null, registrationStamp: null }
  const { userId, securityStamp, isRegistration } = holder
  return { userId, securityStamp, registrationStamp: isRegistration ? securityStamp : null }
}
