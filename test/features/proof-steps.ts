import {
  DisableTotpDocument,
  LoginDocument,
  LogoutDocument,
  RemovePhoneDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  VerifyEmailDocument,
  VerifyOtpDocument,
  VerifyResetOtpDocument,
  type OtpPurpose,
  type SignInFragment,
} from '../generated/graphql.ts'
import { newPhone, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import { eventually } from '../support/servers/processes.ts'
import { readDeviceCookie, sendFrom, newNetwork } from './limit-actors.ts'
import { addApp, challengeOf, loginChallenge, verifyMfa } from './mfa-steps.ts'
import { NEW_PASSWORD, change, reset, resetTokenFor } from './password-steps.ts'

/** A person with a phone number and, if so created, an authenticator app. */
export interface Person extends SignInFragment {
  readonly email: string
  readonly password: string
  readonly phone: string
  readonly hasApp: boolean
  /** Returns a recovery code that has not been used; null without an app. */
  readonly takeRecoveryCode: () => string | null
}

/** Where a code goes. */
export type Destination = { readonly email: string } | { readonly phone: string }

/** Requests a code; returns its challenge and the code. */
export async function requestCode(
  gateway: TestGateway,
  destination: Destination,
  purpose: OtpPurpose,
  token?: string,
) {
  const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { ...destination, purpose } }, token)
  return { challengeId: requestOtp.challengeId, purpose, code: requestOtp.otpCode ?? '' }
}

/** Sets a phone number; the response. */
export async function setPhone(gateway: TestGateway, token: string, phone = newPhone()) {
  const input = await requestCode(gateway, { phone }, 'VERIFY_PHONE', token)
  return { phone, ...(await gateway.send(VerifyOtpDocument, { input }, { token })) }
}

/** Signs up a person. */
export async function createPerson(gateway: TestGateway, hasApp: boolean): Promise<Person> {
  const account = await gateway.signUp()
  const { phone } = await setPhone(gateway, account.accessToken)
  const codes = hasApp ? [...(await addApp(gateway, account.accessToken)).recoveryCodes] : []
  return { ...account, phone, hasApp, takeRecoveryCode: () => codes.pop() ?? null }
}

/** The cookie of a device on which the person has just signed in. */
export async function signInOnDevice(gateway: TestGateway, person: Person): Promise<string | null> {
  const { email, password, hasApp, takeRecoveryCode } = person
  const answer = await gateway.send(LoginDocument, { input: { email, password } })
  if (!hasApp) return readDeviceCookie(answer)
  const { challengeId } = challengeOf(answer.data?.login)
  return readDeviceCookie(await verifyMfa(gateway, challengeId, takeRecoveryCode() ?? ''))
}

/**
 * Whether the account knows a device: strangers of its network have used up their guesses, and the device has
 * not. `strict`: a node with the real limits.
 */
export async function isKnownDevice(
  strict: TestGateway,
  gateway: TestGateway,
  email: string,
  device: string | null,
) {
  const network = newNetwork()
  await requestCode(gateway, { email }, 'LOGIN')
  const guess = async (cookie: string | null) => {
    const input = { email, code: '0000' }
    return (await strict.send(VerifyOtpDocument, { input }, sendFrom({ network, device: cookie }))).code
  }
  for (let guessed = 0; guessed < 20; guessed += 1) await guess(null)
  if ((await guess(null)) !== 'RATE_LIMITED') throw new Error('strangers can still guess')
  return (await guess(device)) !== 'RATE_LIMITED'
}

/** Uses a proof: undefined when it was accepted, otherwise the error code. */
export type Use = () => Promise<string | undefined>

/** A kind of proof: `take` obtains one, and returns how it is used later. */
interface ProofKind {
  readonly take: (gateway: TestGateway, person: Person) => Promise<Use>
  readonly refusal: string
  readonly needsApp?: true
}

const toUse =
  (send: () => Promise<GraphqlResponse<unknown>>): Use =>
  async () =>
    (await send()).code

function takeLoginCode(toDestination: (person: Person) => Destination): ProofKind['take'] {
  return async (gateway, person) => {
    const input = await requestCode(gateway, toDestination(person), 'LOGIN')
    return toUse(() => gateway.send(VerifyOtpDocument, { input }))
  }
}

function takeGrant(toDestination: (person: Person) => Destination): ProofKind['take'] {
  return async (gateway, person) => {
    const code = await requestCode(gateway, toDestination(person), 'RESET_PASSWORD')
    const { verifyOtp } = await gateway.ask(VerifyResetOtpDocument, { input: code })
    const resetToken = verifyOtp.resetToken ?? ''
    return toUse(() => {
      const mfaCode = person.takeRecoveryCode()
      return gateway.send(ResetPasswordDocument, {
        input: { resetToken, newPassword: NEW_PASSWORD, mfaCode },
      })
    })
  }
}

/** Every kind of proof that a person can hold, with the code of its refusal. */
export const PROOFS: Readonly<Record<string, ProofKind>> = {
  // Before the code by SMS: there is one valid code for a purpose and a number.
  'MFA challenge after a code by SMS': {
    async take(gateway, { phone, takeRecoveryCode }) {
      const input = await requestCode(gateway, { phone }, 'LOGIN')
      const { verifyOtp } = await gateway.ask(VerifyOtpDocument, { input })
      const { challengeId } = challengeOf(verifyOtp)
      return toUse(() => verifyMfa(gateway, challengeId, takeRecoveryCode() ?? ''))
    },
    refusal: 'MFA_INVALID',
    needsApp: true,
  },
  'LOGIN code by e-mail': { take: takeLoginCode(({ email }) => ({ email })), refusal: 'OTP_INVALID' },
  'LOGIN code by SMS': { take: takeLoginCode(({ phone }) => ({ phone })), refusal: 'OTP_INVALID' },
  'VERIFY_EMAIL link': {
    async take(gateway, { email }) {
      // The registration sent the link before it.
      const earlier = await gateway.linkTokenFor(email)
      await requestCode(gateway, { email }, 'VERIFY_EMAIL')
      const token = await eventually(async () => {
        const latest = await gateway.linkTokenFor(email)
        return latest !== earlier && latest
      })
      return toUse(() => gateway.send(VerifyEmailDocument, { token }))
    },
    refusal: 'TOKEN_INVALID',
  },
  'reset grant by e-mail': { take: takeGrant(({ email }) => ({ email })), refusal: 'RESET_TOKEN_INVALID' },
  'reset grant by SMS': { take: takeGrant(({ phone }) => ({ phone })), refusal: 'RESET_TOKEN_INVALID' },
  'RESET_PASSWORD code': {
    async take(gateway, { phone }) {
      const input = await requestCode(gateway, { phone }, 'RESET_PASSWORD')
      return toUse(() => gateway.send(VerifyResetOtpDocument, { input }))
    },
    refusal: 'OTP_INVALID',
  },
  'MFA challenge after a password': {
    async take(gateway, { email, takeRecoveryCode }) {
      const challengeId = await loginChallenge(gateway, email)
      return toUse(() => verifyMfa(gateway, challengeId, takeRecoveryCode() ?? ''))
    },
    refusal: 'MFA_INVALID',
    needsApp: true,
  },
}

/** An event that must end every proof. */
interface EndingEvent {
  readonly hasApp: boolean
  readonly happen: (gateway: TestGateway, person: Person) => Promise<GraphqlResponse<unknown> | null>
}

/** Every event that must end the proofs of an account, with the response of the change if there is one. */
export const EVENTS: Readonly<Record<string, EndingEvent>> = {
  resetPassword: {
    hasApp: false,
    happen: async (gateway, { email }) => reset(gateway, await resetTokenFor(gateway, email)),
  },
  changePassword: {
    hasApp: true,
    happen: (gateway, person) => change(gateway, person, person.password),
  },
  'logout(everywhere)': {
    hasApp: true,
    happen: (gateway, { accessToken: token }) =>
      gateway.send(LogoutDocument, { everywhere: true }, { token }),
  },
  'a second factor that was added': {
    hasApp: false,
    async happen(gateway, { accessToken }) {
      await addApp(gateway, accessToken)
      return null
    },
  },
  'a second factor that was removed': {
    hasApp: true,
    happen: (gateway, { accessToken: token, takeRecoveryCode }) =>
      gateway.send(DisableTotpDocument, { code: takeRecoveryCode() ?? '' }, { token }),
  },
  'a phone number that was changed': {
    hasApp: true,
    happen: (gateway, { accessToken }) => setPhone(gateway, accessToken),
  },
  'a phone number that was removed': {
    hasApp: true,
    happen: (gateway, { accessToken: token }) => gateway.send(RemovePhoneDocument, {}, { token }),
  },
  'a suspension, even after the reinstatement': {
    hasApp: true,
    async happen(gateway, { email }) {
      await gateway.app.administration.suspend(email)
      await gateway.app.administration.reinstate(email)
      return null
    },
  },
}
