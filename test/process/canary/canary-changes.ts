import type { GraphqlResponse, TestGateway } from '../../support/gateway.ts'
import { undoTokenFor } from '../../features/recovery-steps.ts'

const PHONE = '+447400998866'

/** The sender of the walk, and the canaries that it collects. */
interface Walking {
  readonly gateway: TestGateway
  readonly email: string
  readonly send: (
    text: string,
    variables?: Record<string, unknown>,
    token?: string,
  ) => Promise<GraphqlResponse<Record<string, unknown>>>
  readonly signIn: () => Promise<{ readonly accessToken: string }>
  readonly codes: Set<string>
  readonly tokens: Set<string>
}

/** Sets and removes a phone number, and undoes the removal, each with a rejected and a successful call. */
export async function changeAndUndo({ gateway, email, send, signIn, codes, tokens }: Walking): Promise<void> {
  const { accessToken } = await signIn()
  const removePhone = () => send('mutation { removePhone { id } }', {}, accessToken)
  await removePhone()
  const request = 'mutation ($input: RequestOtpInput!) { requestOtp(input: $input) { challengeId } }'
  const { data } = await send(request, { input: { phone: PHONE, purpose: 'VERIFY_PHONE' } }, accessToken)
  const { challengeId } = data?.['requestOtp'] as { challengeId: string }
  const code = await gateway.codeFor(PHONE)
  codes.add(code)
  const verify = 'mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { __typename } }'
  await send(verify, { input: { challengeId, purpose: 'VERIFY_PHONE', code } }, accessToken)
  await removePhone()
  const token = await undoTokenFor(gateway, email, 'removed')
  for (const part of [token, token.slice(token.lastIndexOf('.') + 1)]) tokens.add(part)
  const undo = 'mutation ($token: String!) { undoChange(token: $token) { revokedSessions } }'
  for (const text of [`${token}x`, token, token]) await send(undo, { token: text })
}
