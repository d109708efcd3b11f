import { badInput } from '../../core/errors.ts'
import { parseTypedCode, type TypedCode } from '../../core/recovery-codes.ts'
import { keyedHash } from '../../core/secrets.ts'

/**
 * The stored form of a recovery code. Its key is the secret of the account's app, so that a database dump
 * without the master secret does not allow guesses to be verified, and a change of the master secret does not
 * affect the codes.
 */
export function hashRecoveryCode(secret: string, userId: string, code: string): string {
  return keyedHash(Buffer.from(secret), 'recovery-code', userId, code)
}

/**
 * Parses a code of a second factor. `path`: its input field. Throws `BAD_USER_INPUT`, which never quotes the
 * code.
 */
export function parseSecondFactorCode(text: string, ...path: readonly string[]): TypedCode {
  const code = parseTypedCode(text)
  if (code) return code
  const message = 'must be the six digits of the app or a recovery code'
  throw badInput({ path, code: 'INVALID_FORMAT', message })
}

/** Parses a code of the app. A recovery code is rejected: it does not prove that the app has the secret. */
export function parseAppCode(text: string): string {
  const code = parseTypedCode(text)
  if (code?.kind === 'totp') return code.code
  throw badInput({ path: ['code'], code: 'INVALID_FORMAT', message: 'must be the six digits of the app' })
}
