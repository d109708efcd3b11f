import { badInput } from '../../core/errors.ts'
import { newPassword } from '../../core/input.ts'
import { findPasswordWeakness } from '../../core/password-weakness.ts'
import { commonPasswords } from './common-passwords.ts'

/** What the policy goes by. */
export interface PasswordPolicyOptions {
  /** Code points, 8 to 64. */
  readonly minLength: number
  /** Names of the product and of whoever runs it. */
  readonly contextWords: readonly string[]
}

const REASONS = {
  COMMON_PASSWORD: 'must not be a password that many people have, a run or a repetition',
  PERSONAL_PASSWORD: 'must not be made of your name, your address or ours',
} as const

/** What a new password must be like, on every path that sets one. There are no rules on which characters it has. */
export class PasswordPolicy {
  /** A text of the right length. */
  readonly password
  readonly #contextWords: readonly string[]

  constructor({ minLength, contextWords }: PasswordPolicyOptions) {
    this.password = newPassword(minLength)
    this.#contextWords = contextWords
  }

  /**
   * Throws `BAD_USER_INPUT` for a password that guessers try early. `personal`: what the account says of itself, nulls are
   * passed over; `field`: where in the input the password is.
   */
  async admit(
    password: string,
    personal: readonly (string | null | undefined)[],
    field: string,
  ): Promise<void> {
    const common = await commonPasswords()
    const context = [...this.#contextWords, ...personal].filter((text) => text != null)
    const code = findPasswordWeakness(password, context, (word) => common.has(word))
    if (code) throw badInput({ path: ['input', field], code, message: REASONS[code] })
  }
}
