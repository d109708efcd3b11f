import type { GraphqlResponse, TestGateway } from '../support/gateway.ts'
import {
  ChangePasswordDocument,
  LoginDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  VerifyResetOtpDocument,
  type ChangePasswordMutation,
  type ResetPasswordMutation,
} from '../generated/graphql.ts'

/** A password that no other account of the tests has. */
export const NEW_PASSWORD = 'seven grey herons at noon'

/** Settings under which no request limit is reached. */
export const UNLIMITED = { RATE_LIMIT_SCALE: '100000' }

/** The response to a code for RESET_PASSWORD, correct or wrong. */
export async function verifyReset(gateway: TestGateway, email: string, wrong = false) {
  const purpose = 'RESET_PASSWORD'
  const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose } })
  const { challengeId, otpCode } = requestOtp
  const other = otpCode === '111111' ? '222222' : '111111'
  const code = wrong ? other : (otpCode ?? '')
  return gateway.send(VerifyResetOtpDocument, { input: { challengeId, purpose, code } })
}

/** A grant for an account, by a code to its address. */
export async function resetTokenFor(gateway: TestGateway, email: string): Promise<string> {
  const { data, errors } = await verifyReset(gateway, email)
  if (!data?.verifyOtp.resetToken) throw new Error(JSON.stringify(errors))
  return data.verifyOtp.resetToken
}

/** The response to `resetPassword`. */
export function reset(
  gateway: TestGateway,
  resetToken: string,
  newPassword = NEW_PASSWORD,
): Promise<GraphqlResponse<ResetPasswordMutation>> {
  return gateway.send(ResetPasswordDocument, { input: { resetToken, newPassword } })
}

/** The response to `changePassword`. */
export function change(
  gateway: TestGateway,
  { accessToken }: { readonly accessToken: string },
  currentPassword: string,
  newPassword = NEW_PASSWORD,
  headers: Record<string, string> = {},
): Promise<GraphqlResponse<ChangePasswordMutation>> {
  const input = { currentPassword, newPassword }
  return gateway.send(ChangePasswordDocument, { input }, { token: accessToken, headers })
}

/** The error code of a sign-in by password; undefined when it succeeded. */
export async function loginCode(
  gateway: TestGateway,
  email: string,
  password: string,
  headers: Record<string, string> = {},
): Promise<string | undefined> {
  return (await gateway.send(LoginDocument, { input: { email, password } }, { headers })).code
}

/** The stored hash of an account. */
export async function readPasswordHash(gateway: TestGateway, email: string): Promise<string | null> {
  const rows = await gateway.sql<{ password_hash: string | null }>(
    `SELECT password_hash FROM users WHERE email = '${email}'`,
  )
  return rows[0]?.password_hash ?? null
}
