import type { Answer } from '../../support/gateway.ts'

/** How a walk sends, and what it remembers. */
interface Walking {
  readonly email: string
  readonly passwords: Readonly<Record<'right' | 'wrong' | 'short' | 'changed' | 'reset', string>>
  readonly send: (
    text: string,
    variables?: Record<string, unknown>,
    token?: string,
  ) => Promise<Answer<Record<string, unknown>>>
  readonly requestOtp: (input: object) => Promise<unknown>
  readonly newCode: (before: number) => Promise<string>
  readonly login: (input: object) => Promise<Answer<Record<string, unknown>>>
  /** The tokens of an answer, remembered. */
  readonly tokensOf: (answer: Answer<Record<string, unknown>>) => { readonly accessToken: string }
  /** Remembers a token that is no session's. */
  readonly remember: (token: string) => void
}

/**
 * Changes the password, by the one before it and by a code, each refused and done, and back to the one that
 * it was.
 */
export async function changePasswords(walking: Walking): Promise<void> {
  const { email, passwords, send, requestOtp, newCode, login, tokensOf, remember } = walking
  async function change(currentPassword: string, newPassword: string, password = passwords.right) {
    const { accessToken } = tokensOf(await login({ email, password }))
    const text =
      'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { revokedSessions } }'
    await send(text, { input: { currentPassword, newPassword } }, accessToken)
  }
  await change(passwords.wrong, passwords.changed)
  await change(passwords.right, passwords.short)
  await requestOtp({ email, purpose: 'RESET_PASSWORD' })
  const input = { email, purpose: 'RESET_PASSWORD', code: await newCode(2) }
  const { data } = await send(
    'mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { ... on PasswordResetGrant { resetToken } } }',
    { input },
  )
  const { resetToken } = data?.['verifyOtp'] as { resetToken: string }
  remember(resetToken)
  for (const newPassword of [passwords.short, passwords.reset, passwords.reset])
    await send(
      'mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) { accessToken refreshToken } }',
      { input: { resetToken, newPassword } },
    )
  await change(passwords.reset, passwords.right, passwords.reset)
}
