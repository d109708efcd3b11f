import { eventually } from '../support/servers/processes.ts'
import { PASSWORD, newPhone, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import {
  LoginDocument,
  MeDocument,
  RefreshDocument,
  RequestOtpDocument,
  UndoChangeDocument,
  VerifyOtpDocument,
  type SignInFragment,
  type UndoChangeMutation,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'
import { readDeviceCookie } from './limit-actors.ts'
import { addApp } from './mfa-steps.ts'
import { change } from './password-steps.ts'

/** The password that the stranger of a test chooses. */
export const STRANGER_PASSWORD = 'nine loud crows at dusk'

/** The token of the latest undo link to an address, in a message with this text. */
export function undoTokenFor(gateway: TestGateway, address: string, about = ''): Promise<string> {
  return eventually(async () => {
    const messages = (await gateway.messagesTo(address)).filter(({ text }) => text.includes(about))
    const found = messages.map(({ text }) => /undo-change(?:\?lang=\w+)?#token=([\w.-]+)/.exec(text)?.[1])
    return found.filter((token) => token !== undefined).at(-1) ?? false
  })
}

/** The response to `undoChange`. */
export function undo(
  gateway: TestGateway,
  token: string,
  password: string | null = null,
  headers: Record<string, string> = {},
): Promise<GraphqlResponse<UndoChangeMutation>> {
  return gateway.send(UndoChangeDocument, { token, password }, { headers })
}

/** Sets the phone number of a signed-in account. */
export async function givePhone(gateway: TestGateway, phone: string, token: string): Promise<void> {
  const asked = await gateway.ask(RequestOtpDocument, { input: { phone, purpose: 'VERIFY_PHONE' } }, token)
  const { challengeId, otpCode } = asked.requestOtp
  const input = { challengeId, purpose: 'VERIFY_PHONE', code: otpCode ?? '' } as const
  await gateway.ask(VerifyOtpDocument, { input }, token)
}

/** What a stranger has after a takeover. */
export interface Takeover extends SignInFragment {
  readonly phone: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
  /** `Cookie` header with the device token of the sign-in; null without one. */
  readonly device: string | null
}

/** A stranger signs in with the stolen password, adds a phone and an app, and changes the password. */
export async function takeOver(gateway: TestGateway, email: string): Promise<Takeover> {
  const answer = await gateway.send(LoginDocument, { input: { email, password: PASSWORD } })
  const session = signedInBy(answer.data?.login)
  const phone = newPhone()
  await givePhone(gateway, phone, session.accessToken)
  const app = await addApp(gateway, session.accessToken)
  const { code } = await change(gateway, session, PASSWORD, STRANGER_PASSWORD)
  if (code) throw new Error(code)
  return { ...session, ...app, phone, device: readDeviceCookie(answer) }
}

/** The ways in that a stranger still has; none after a recovery. */
export async function listWaysIn(gateway: TestGateway, email: string, taken: Takeover): Promise<string[]> {
  const { accessToken, refreshToken, phone } = taken
  const attempts = {
    accessToken: await gateway.send(MeDocument, {}, { token: accessToken }),
    refreshToken: await gateway.send(RefreshDocument, { refreshToken: refreshToken ?? null }),
    password: await gateway.send(LoginDocument, { input: { email, password: STRANGER_PASSWORD } }),
    phone: await signInByPhone(gateway, phone),
  }
  return Object.entries(attempts).flatMap(([name, { code }]) => (code === undefined ? [name] : []))
}

/** The response to a code by text message. */
export async function signInByPhone(gateway: TestGateway, phone: string): Promise<GraphqlResponse<unknown>> {
  const { data } = await gateway.send(RequestOtpDocument, { input: { phone, purpose: 'LOGIN' } })
  const { challengeId = '', otpCode } = data?.requestOtp ?? {}
  const input = { challengeId, purpose: 'LOGIN', code: otpCode ?? '' } as const
  return gateway.send(VerifyOtpDocument, { input })
}
