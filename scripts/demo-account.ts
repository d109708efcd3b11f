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

/** How the demo sends requests, reports steps and reads messages. */
export interface Demo {
  readonly email: string
  readonly password: string
  readonly ask: <Result, Variables>(
    document: TypedDocumentNode<Result, Variables>,
    variables: Variables,
    token?: string,
  ) => Promise<Result>
  readonly step: <Result>(name: string, work: () => Promise<Result>) => Promise<Result>
  /** The code of the latest message to a destination, after this many have arrived. */
  readonly readCode: (destination: string, messages: number) => Promise<string>
  readonly expectEqual: (actual: unknown, expected: unknown) => void
}

/** More features of an account: text messages, an authenticator app, a password reset. */
export async function walkAccount(demo: Demo): Promise<void> {
  await signUpByPhone(demo)
  const recoveryCode = await signInWithApp(demo)
  await resetPassword(demo, recoveryCode)
}

async function signUpByPhone({ ask, step, readCode, expectEqual }: Demo): Promise<void> {
  const phone = '+447400123456'
  const { registerPhone } = await step('register by phone', () =>
    ask(RegisterPhoneDocument, { input: { phone: '0044 7400 123456' } }),
  )
  await step('verify the code in the text message: signed in', async () => {
    const code = await readCode(phone, 1)
    const input = { challengeId: registerPhone.challengeId, purpose: 'VERIFY_PHONE', code } as const
    const { accessToken } = signedInBy((await ask(VerifyOtpDocument, { input })).verifyOtp)
    expectEqual((await ask(MeDocument, {}, accessToken)).me.phone, phone)
  })
}

/** Returns an unused recovery code. */
async function signInWithApp({ email, password, ask, step, expectEqual }: Demo): Promise<string> {
  const logIn = async () => (await ask(LoginDocument, { input: { email, password } })).login
  const token = signedInBy(await step('sign in by password', logIn)).accessToken
  const { enrollTotp } = await step('add an authenticator app', () => ask(EnrollTotpDocument, {}, token))
  const generateCode = (seconds: number) =>
    TOTP.generate({ secret: Secret.fromBase32(enrollTotp.secret), timestamp: Date.now() + seconds * 1000 })
  const { confirmTotp } = await step('confirm it with a code: ten recovery codes', () =>
    ask(ConfirmTotpDocument, { code: generateCode(0) }, token),
  )
  const [first = '', second = ''] = confirmTotp.recoveryCodes
  const challenge = await step('sign in by password: a second step, no session yet', async () => {
    const login = await logIn()
    expectEqual(login.__typename, 'MfaChallenge')
    return login.__typename === 'MfaChallenge' ? login.challengeId : ''
  })
  // Each code of the app works once, and the next one is half a minute away.
  await step('complete it with a recovery code: signed in', async () => {
    const { verifyMfa } = await ask(VerifyMfaDocument, { input: { challengeId: challenge, code: first } })
    expectEqual(verifyMfa.session.methods.join(), 'pwd,recovery')
  })
  return second
}

async function resetPassword(
  { email, ask, step, readCode, expectEqual }: Demo,
  mfaCode: string,
): Promise<void> {
  const purpose = 'RESET_PASSWORD'
  const { requestOtp } = await step('request a code to reset the password', () =>
    ask(RequestOtpDocument, { input: { email, purpose } }),
  )
  const grant = await step('verify it: a reset token, no session yet', async () => {
    const { challengeId } = requestOtp
    const code = await readCode(email, 2)
    const { verifyOtp } = await ask(VerifyResetOtpDocument, { input: { challengeId, purpose, code } })
    return verifyOtp.resetToken ?? ''
  })
  await step('reset the password with the second factor: signed in', async () => {
    const input = { resetToken: grant, newPassword: 'a lamp beside the river', mfaCode }
    const { resetPassword: signedIn } = await ask(ResetPasswordDocument, { input })
    expectEqual(signedIn.session.methods.join(), 'otp,recovery')
  })
}
