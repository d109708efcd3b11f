import { badInput } from '../../core/errors.ts'
import { newPassword } from '../../core/input.ts'
import { findPasswordWeakness } from '../../core/password-weakness.ts'
import type { LoadCommonPasswords } from './common-passwords.ts'

/** Options of the password policy. */
export interface PasswordPolicyOptions {
  /** Minimum length in code points, 8 to 64. */
  readonly minLength: number
  /** Names of the product and of its operator. */
  readonly contextWords: readonly string[]
  readonly loadCommonPasswords: LoadCommonPasswords
}

const REASONS = {
  COMMON_PASSWORD: 'must not be a password that many people have, a run or a repetition',
  PERSONAL_PASSWORD: 'must not be made of your name, your address or ours',
} as const

/**
 * The requirements for new passwords, for every operation that sets one. There are no rules on character
 * classes.
 */
export class PasswordPolicy {
  /** The input field of a new password: a text of the required length. */
  readonly password
  readonly #options: PasswordPolicyOptions

  constructor(options: PasswordPolicyOptions) {
    this.password = newPassword(options.minLength)
    this.#options = options
  }

  /**
   * Throws `BAD_USER_INPUT` for a password that is easy to guess. `personal`: texts of the account, nulls are
   * ignored; `field`: the input field of the password.
   */
  async check(
    password: string,
    personal: readonly (string | null | undefined)[],
    field: string,
  ): Promise<void> {
    const { contextWords, loadCommonPasswords } = this.#options
    const common = await loadCommonPasswords()
    const context = [...contextWords, ...personal].filter((text) => text != null)
    const code = findPasswordWeakness(password, context, (word) => common.has(word))
    if (code) throw badInput({ path: ['input', field], code, message: REASONS[code] })
  }
}
