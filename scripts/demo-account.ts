import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { Secret, TOTP } from 'otpauth'
import {
  ConfirmTotpDocument,
  EnrollTotpDocument,
  LoginDocument,
  MeDocument,
  RegisterPhoneDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  VerifyMfaDocument,
  VerifyOtpDocument,
  VerifyResetOtpDocument,
} from '../test/generated/graphql.ts'
import { signedInBy } from '../test/support/outcomes.ts'

/** How the demo asks, reports and reads messages. */
export interface Demo {
  readonly email: string
  readonly password: string
  readonly ask: <Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    token?: string,
  ) => Promise<Result>
  readonly step: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>
  /** The code of the latest message to a destination, once there are so many. */
  readonly readCode: (destination: string, messages: number) => Promise<string>
  readonly expectEqual: (seen: unknown, expected: unknown) => void
}

/** The rest of an account's life: text messages, an authenticator app, a forgotten password. */
export async function walkAccount(demo: Demo): Promise<void> {
  await byTextMessage(demo)
  const recoveryCode = await withApp(demo)
  await forgotten(demo, recoveryCode)
}

async function byTextMessage({ ask, step, readCode, expectEqual }: Demo): Promise<void> {
  const phone = '+447400123456'
  const { registerPhone } = await step('register by phone', () =>
    ask(RegisterPhoneDocument, { input: { phone: '0044 7400 123456' } }),
  )
  await step('verify the code of the text message: signed in', async () => {
    const code = await readCode(phone, 1)
    const input = { challengeId: registerPhone.challengeId, purpose: 'VERIFY_PHONE', code } as const
    const { accessToken } = signedInBy((await ask(VerifyOtpDocument, { input })).verifyOtp)
    expectEqual((await ask(MeDocument, {}, accessToken)).me.phone, phone)
  })
}

/** One of the recovery codes. */
async function withApp({ email, password, ask, step, expectEqual }: Demo): Promise<string> {
  const logIn = async () => (await ask(LoginDocument, { input: { email, password } })).login
  const token = signedInBy(await step('sign in by password', logIn)).accessToken
  const { enrollTotp } = await step('add an authenticator app', () => ask(EnrollTotpDocument, {}, token))
  const codeIn = (seconds: number) =>
    TOTP.generate({ secret: Secret.fromBase32(enrollTotp.secret), timestamp: Date.now() + seconds * 1000 })
  const { confirmTotp } = await step('confirm it by a code: ten recovery codes', () =>
    ask(ConfirmTotpDocument, { code: codeIn(0) }, token),
  )
  const [first = '', second = ''] = confirmTotp.recoveryCodes
  const challenge = await step('sign in by password: a second step, and no session yet', async () => {
    const login = await logIn()
    expectEqual(login.__typename, 'MfaChallenge')
    return login.__typename === 'MfaChallenge' ? login.challengeId : ''
  })
  // The app's own next code is half a minute away: each works once.
  await step('take it with a recovery code: signed in', async () => {
    const { verifyMfa } = await ask(VerifyMfaDocument, { input: { challengeId: challenge, code: first } })
    expectEqual(verifyMfa.session.methods.join(), 'pwd,recovery')
  })
  return second
}

async function forgotten({ email, ask, step, readCode, expectEqual }: Demo, mfaCode: string): Promise<void> {
  const purpose = 'RESET_PASSWORD'
  const { requestOtp } = await step('forget the password: ask for a code', () =>
    ask(RequestOtpDocument, { input: { email, purpose } }),
  )
  const grant = await step('verify it: leave to choose another, and still no session', async () => {
    const { challengeId } = requestOtp
    const code = await readCode(email, 2)
    const { verifyOtp } = await ask(VerifyResetOtpDocument, { input: { challengeId, purpose, code } })
    return verifyOtp.resetToken ?? ''
  })
  await step('choose it, with the second factor: signed in', async () => {
    const input = { resetToken: grant, newPassword: 'a lamp beside the river', mfaCode }
    const { resetPassword } = await ask(ResetPasswordDocument, { input })
    expectEqual(resetPassword.session.methods.join(), 'otp,recovery')
  })
}
