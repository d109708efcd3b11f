import { Secret, TOTP } from 'otpauth'
import {
  ChangePasswordDocument,
  ConfirmTotpDocument,
  EnrollTotpDocument,
  LoginDocument,
  MeDocument,
  RegisterDocument,
  RequestOtpDocument,
  ResetPasswordDocument,
  UndoChangeDocument,
  VerifyOtpDocument,
  VerifyResetOtpDocument,
} from '../test/generated/graphql.ts'
import { signedInBy } from '../test/support/outcomes.ts'
import type { Demo } from './demo-account.ts'

/** How the demo reads undo links and runs commands, in addition. */
export interface RecoveryDemo extends Demo {
  /** The token of the undo link in a message to an address; 1: of the first that has one. */
  readonly readUndoToken: (address: string, message: number) => Promise<string>
  /** Runs `gateway` with arguments. */
  readonly runCommand: (...args: readonly string[]) => Promise<void>
}

/** A person of this chapter. */
interface Victim {
  readonly email: string
  readonly phone: string
}

const STOLEN = 'a stolen key under the mat'
const CHOSEN_BY_STRANGER = 'nine loud crows at dusk'
const CHOSEN_BY_OWNER = 'seven grey herons at noon'

/** A stranger takes over three accounts; the owners win them back by e-mail, by phone and by an operator. */
export async function walkRecovery(demo: RecoveryDemo): Promise<void> {
  const { step, expectEqual, runCommand } = demo
  for (const [index, way] of (['e-mail', 'phone', 'operator'] as const).entries()) {
    const owner = { email: `eve.${way}.${Date.now()}@example.com`, phone: `+44740012350${index}` }
    const token = await step(`a stranger takes over: phone, app, password (${way})`, () =>
      takeOver(demo, owner, way === 'phone'),
    )
    if (way === 'operator')
      await step('an operator removes the second factor with a reason', () =>
        runCommand('user', 'reset-mfa', owner.email, '--reason', 'identified in the demo'),
      )
    else
      await step('the owner undoes it by the link and the old password', () =>
        undo(demo, owner, way === 'phone' ? 2 : 1),
      )
    await step('the owner resets the password: signed in', () => reset(demo, owner, way === 'phone'))
    await step("the stranger's session, password and phone are of no use", async () => {
      expectEqual(await isAccepted(() => demo.ask(MeDocument, {}, token)), false)
      const input = { email: owner.email, password: CHOSEN_BY_STRANGER }
      expectEqual(await isAccepted(() => demo.ask(LoginDocument, { input })), false)
      const own = { email: owner.email, password: CHOSEN_BY_OWNER }
      const { user } = signedInBy((await demo.ask(LoginDocument, { input: own })).login)
      expectEqual(user.phone, way === 'phone' ? owner.phone : null)
    })
  }
}

/** Returns the access token of the stranger. */
async function takeOver(demo: RecoveryDemo, { email, phone }: Victim, hasPhone: boolean): Promise<string> {
  const { ask, readCode } = demo
  const { register } = await ask(RegisterDocument, { input: { email, password: STOLEN } })
  const { challengeId } = register
  const code = await readCode(email, 1)
  const verified = await ask(VerifyOtpDocument, { input: { challengeId, purpose: 'VERIFY_EMAIL', code } })
  if (hasPhone) await givePhone(demo, phone, signedInBy(verified.verifyOtp).accessToken)
  const { login } = await ask(LoginDocument, { input: { email, password: STOLEN } })
  const { accessToken } = signedInBy(login)
  await givePhone(demo, phone.replace('+4474001235', '+4474001236'), accessToken)
  const { enrollTotp } = await ask(EnrollTotpDocument, {}, accessToken)
  const appCode = TOTP.generate({ secret: Secret.fromBase32(enrollTotp.secret) })
  await ask(ConfirmTotpDocument, { code: appCode }, accessToken)
  const input = { currentPassword: STOLEN, newPassword: CHOSEN_BY_STRANGER }
  await ask(ChangePasswordDocument, { input }, accessToken)
  return accessToken
}

async function givePhone({ ask, readCode }: RecoveryDemo, phone: string, token: string): Promise<void> {
  const purpose = 'VERIFY_PHONE'
  const { requestOtp } = await ask(RequestOtpDocument, { input: { phone, purpose } }, token)
  const { challengeId } = requestOtp
  const code = await readCode(phone, 1)
  await ask(VerifyOtpDocument, { input: { challengeId, purpose, code } }, token)
}

/** Undoes the stranger's change of the phone number, and everything after it. */
async function undo({ ask, readUndoToken }: RecoveryDemo, { email }: Victim, message: number): Promise<void> {
  const token = await readUndoToken(email, message)
  const isLinkEnough = await isAccepted(() => ask(UndoChangeDocument, { token }))
  if (isLinkEnough) throw new Error('the link alone has removed a second factor')
  await ask(UndoChangeDocument, { token, password: STOLEN })
}

async function reset({ ask, readCode }: RecoveryDemo, { email, phone }: Victim, byPhone: boolean) {
  const contact = byPhone ? { phone } : { email }
  const purpose = 'RESET_PASSWORD'
  const { requestOtp } = await ask(RequestOtpDocument, { input: { ...contact, purpose } })
  const { challengeId } = requestOtp
  const code = await readCode(byPhone ? phone : email, 2)
  const { verifyOtp } = await ask(VerifyResetOtpDocument, { input: { challengeId, purpose, code } })
  const input = { resetToken: verifyOtp.resetToken ?? '', newPassword: CHOSEN_BY_OWNER }
  await ask(ResetPasswordDocument, { input })
}

async function isAccepted(request: () => Promise<unknown>): Promise<boolean> {
  return request().then(
    () => true,
    () => false,
  )
}
