import { Secret, TOTP } from 'otpauth'
import { PASSWORD, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import {
  ConfirmTotpDocument,
  EnrollTotpDocument,
  LoginDocument,
  RequestOtpDocument,
  VerifyMfaDocument,
  VerifyOtpDocument,
  type ChallengeFragment,
  type LoginMutation,
  type SignInFragment,
  type VerifyOtpMutation,
} from '../generated/graphql.ts'

/** A person with an authenticator app, and the session that added it. */
export interface PersonWithApp extends SignInFragment {
  readonly email: string
  readonly password: string
  readonly secret: string
  readonly recoveryCodes: readonly string[]
}

/** The code that an authenticator app shows at a time. */
export function codeAt(secret: string, timestamp: number): string {
  return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp })
}

/** Six digits that are not valid at any time near this one. */
export function wrongCode(secret: string, timestamp: number): string {
  const near = [-60_000, -30_000, 0, 30_000, 60_000].map((off) => codeAt(secret, timestamp + off))
  return (
    ['111111', '222222', '333333', '444444', '555555', '666666'].find((code) => !near.includes(code)) ?? ''
  )
}

/** The next code of the app: half a minute later, so that it has not been used. */
export function nextCode(gateway: TestGateway, { secret }: { readonly secret: string }): string {
  gateway.passTime(30_000)
  return codeAt(secret, gateway.now())
}

/** Adds an app to the account of a session. */
export async function addApp(gateway: TestGateway, accessToken: string) {
  const { enrollTotp } = await gateway.ask(EnrollTotpDocument, {}, accessToken)
  const code = codeAt(enrollTotp.secret, gateway.now())
  const { confirmTotp } = await gateway.ask(ConfirmTotpDocument, { code }, accessToken)
  return { secret: enrollTotp.secret, recoveryCodes: confirmTotp.recoveryCodes }
}

/** Signs up a person who adds an app. */
export async function signUpWithApp(gateway: TestGateway): Promise<PersonWithApp> {
  const person = await gateway.signUp()
  return { ...person, ...(await addApp(gateway, person.accessToken)) }
}

/** The challenge of a first step; throws for a session. */
export function challengeOf(
  result: LoginMutation['login'] | VerifyOtpMutation['verifyOtp'] | undefined,
): ChallengeFragment {
  if (result?.__typename !== 'MfaChallenge') throw new Error(`no challenge, but ${JSON.stringify(result)}`)
  return result
}

/** The challenge after a correct password. */
export async function loginChallenge(gateway: TestGateway, email: string): Promise<string> {
  const { login } = await gateway.ask(LoginDocument, { input: { email, password: PASSWORD } })
  return challengeOf(login).challengeId
}

/** The challenge after a correct code by e-mail. */
export async function codeChallenge(gateway: TestGateway, email: string): Promise<string> {
  const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email } })
  const input = { email, code: requestOtp.otpCode ?? '' }
  return challengeOf((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp).challengeId
}

/** Performs the second step. */
export function verifyMfa(gateway: TestGateway, challengeId: string, code: string) {
  return gateway.send(VerifyMfaDocument, { input: { challengeId, code } })
}

/** The error code of a response and its `attemptsLeft`. */
export function refusalOf({ code, errors }: Pick<GraphqlResponse<unknown>, 'code' | 'errors'>) {
  return [code, errors[0]?.extensions['attemptsLeft']]
}
