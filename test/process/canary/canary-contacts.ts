import type { GraphqlResponse, TestGateway } from '../../support/gateway.ts'

export const LINKED_LOCAL = 'canary.linked.8242'
/** The national number, as users enter it. */
export const NUMBER = '7400998877'
const PHONE = `+44${NUMBER}`

/** The sender of the walk, and the canaries that it collects. */
interface Walking {
  readonly gateway: TestGateway
  readonly send: (
    text: string,
    variables?: Record<string, unknown>,
    token?: string,
  ) => Promise<GraphqlResponse<Record<string, unknown>>>
  readonly collectTokens: (response: GraphqlResponse<Record<string, unknown>>) => unknown
  readonly codes: Set<string>
  readonly tokens: Set<string>
}

const VERIFY = `mutation ($input: VerifyOtpInput!) {
  verifyOtp(input: $input) { ... on AuthPayload { accessToken refreshToken session { id } } }
}`

/** Verifies a phone number, and an address by its link, each with a rejected and a successful call. */
export async function confirmContacts({
  gateway,
  send,
  collectTokens,
  codes,
  tokens,
}: Walking): Promise<void> {
  const registerPhone = (phone: string) =>
    send('mutation ($input: RegisterPhoneInput!) { registerPhone(input: $input) { challengeId } }', {
      input: { phone },
    })
  await registerPhone(`0${NUMBER}`)
  await registerPhone(`+1${NUMBER}`)
  const { data } = await registerPhone(PHONE)
  const { challengeId } = data?.['registerPhone'] as { challengeId: string }
  const code = await gateway.codeFor(PHONE)
  codes.add(code)
  await send(VERIFY, { input: { phone: PHONE, purpose: 'LOGIN', code } })
  collectTokens(await send(VERIFY, { input: { challengeId, purpose: 'VERIFY_PHONE', code } }))

  const email = `${LINKED_LOCAL}@example.com`
  await send('mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }', {
    input: { email },
  })
  const token = await gateway.linkTokenFor(email)
  codes.add(await gateway.codeFor(email))
  for (const part of [token, token.slice(token.lastIndexOf('.') + 1)]) tokens.add(part)
  const verifyEmail = 'mutation ($token: String!) { verifyEmail(token: $token) { messageKey } }'
  for (const text of [`${token}x`, token, token]) await send(verifyEmail, { token: text })
}
