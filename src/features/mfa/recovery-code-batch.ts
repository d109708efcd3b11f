import { newRecoveryCode } from '../../core/recovery-codes.ts'
import type { Random } from '../../core/secrets.ts'
import { hashRecoveryCode } from './second-factor-codes.ts'

/** Number of recovery codes of an account. */
const RECOVERY_CODES = 10

/** New recovery codes of an account, with the hashes to be stored. */
export function createRecoveryCodes(random: Random, secret: string, userId: string) {
  const recoveryCodes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(random))
  const codeHashes = recoveryCodes.map((code) => hashRecoveryCode(secret, userId, code.replaceAll('-', '')))
  return { recoveryCodes, codeHashes }
}
