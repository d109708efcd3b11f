import type { OtpPurpose } from '../../core/channel.ts'
import type { User } from '../../ports/users.ts'

/** Why no account is eligible for a code, for developers. */
export function findDecoyCause(purpose: OtpPurpose, account: User | null): string {
  if (!account) return 'no account has this address or number'
  if (account.status === 'SUSPENDED') return 'the account is suspended'
  if (purpose === 'VERIFY_PHONE') return 'another account has this number, or the caller is not signed in'
  return 'the account has not verified this address or number'
}
