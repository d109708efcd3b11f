import type { GraphqlResponse } from '../../support/gateway.ts'

/** The sender of the walk, and the canaries that it collects. */
interface Walking {
  readonly email: string
  readonly passwords: Readonly<Record<'right' | 'wrong' | 'short' | 'changed' | 'reset', string>>
  readonly send: (
    text: string,
    variables?: Record<string, unknown>,
    token?: string,
  ) => Promise<GraphqlResponse<Record<string, unknown>>>
  readonly requestOtp: (input: object) => Promise<unknown>
  readonly newCode: (before: number) => Promise<string>
  readonly login: (input: object) => Promise<GraphqlResponse<Record<string, unknown>>>
  /** The tokens of a response, added to the canaries. */
  readonly collectTokens: (response: GraphqlResponse<Record<string, unknown>>) => {
    readonly accessToken: string
  }
  /** Adds a token without a session to the canaries. */
  readonly remember: (token: string) => void
}

/**
 * Changes the password with the current one and by a reset, each with a rejected and a successful call, and
 * then restores it.
 */
export async function changePasswords(walking: Walking): Promise<void> {
  const { email, passwords, send, requestOtp, newCode, login, collectTokens, remember } = walking
  async function change(currentPassword: string, newPassword: string, password = passwords.right) {
    const { accessToken } = collectTokens(await login({ email, password }))
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
