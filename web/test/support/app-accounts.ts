import type { Page } from 'playwright-core'
import {
  CreatePostDocument,
  EnrollTotpDocument,
  ConfirmTotpDocument,
} from '../../../test/generated/graphql.ts'
import { codeAt } from '../../../test/features/mfa-steps.ts'
import { newAddress, PASSWORD } from '../../../test/support/gateway.ts'
import { eventually } from '../../../test/support/servers/processes.ts'
import type { AppSite } from './app-site.ts'

/** Texts that break layouts: markup, right-to-left, 200 characters without a space, combining marks. */
export const HOSTILE = {
  markup: '<img src=x onerror=alert(1)> & "quotes" \'n\' {{product}}',
  rightToLeft: 'مرحبا بالعالم — שלום עולם',
  long: 'W'.repeat(200),
  combining: `Z${'\u0351\u0323'.repeat(20)}algo 🏳️‍🌈👩‍👩‍👧‍👦`,
} as const

/** An account that tests prepare over GraphQL. */
export interface AppAccount {
  readonly email: string
  readonly password: string
  readonly accessToken: string
  readonly userId: string
}

/** Registers an account with a name. */
export async function addAccount({ gateway }: AppSite, fullName = 'Ada Lovelace'): Promise<AppAccount> {
  const email = newAddress()
  const register = `mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }`
  const { data } = await gateway.sendText(register, { input: { email, password: PASSWORD, fullName } })
  const { challengeId } = (data as { register: { challengeId: string } }).register
  const verify = `mutation ($input: VerifyOtpInput!) { verifyOtp(input: $input) { ... on AuthPayload { accessToken user { id } } } }`
  const input = { challengeId, purpose: 'VERIFY_EMAIL', code: await gateway.codeFor(email) }
  const verified = await gateway.sendText(verify, { input }, { headers: { origin: 'http://localhost' } })
  const { accessToken, user } = (
    verified.data as { verifyOtp: { accessToken: string; user: { id: string } } }
  ).verifyOtp
  return { email, password: PASSWORD, accessToken, userId: user.id }
}

/** The code in the latest message after the one of the registration, in either language. */
export async function readLatestCode({ gateway }: AppSite, { email }: AppAccount): Promise<string> {
  return eventually(async () => {
    const messages = await gateway.messagesTo(email)
    return (messages.length > 1 && /\b(\d{6})\b/.exec(messages.at(-1)?.text ?? '')?.[1]) || false
  })
}

/** Writes a post of an account. Returns its id. */
export async function addPost(
  { gateway }: AppSite,
  { accessToken }: AppAccount,
  title: string,
  content = 'Some **text**.',
  published = true,
): Promise<string> {
  const { createPost } = await gateway.ask(
    CreatePostDocument,
    { input: { title, content, published } },
    accessToken,
  )
  return createPost.id
}

/** Adds an authenticator app to an account. Returns its secret. */
export async function addFactor({ gateway }: AppSite, { accessToken }: AppAccount): Promise<string> {
  const { enrollTotp } = await gateway.ask(EnrollTotpDocument, {}, accessToken)
  const { secret } = enrollTotp
  const code = codeAt(secret, gateway.now())
  await gateway.ask(ConfirmTotpDocument, { code, endOtherSessions: false }, accessToken)
  return secret
}

/** Signs an account in over GraphQL from a page of the app, whose cookie the app finds at its next start. */
export async function signInByCookie(page: Page, { email, password }: AppAccount): Promise<void> {
  // The app asks for a session when it starts: a refusal that arrives later would end the new one.
  await page.waitForFunction(() => localStorage.getItem('graphql-auth-gateway') !== null)
  const status = await page.evaluate(
    async (input) => {
      const query = 'mutation ($input: LoginInput!) { login(input: $input) { __typename } }'
      const body = JSON.stringify({ query, variables: { input } })
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      localStorage.clear()
      return response.status
    },
    { email, password },
  )
  if (status !== 200) throw new Error(`login: ${status}`)
}
