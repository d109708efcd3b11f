import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  EnrollTotpDocument,
  LoginDocument,
  MyAuditEventsDocument,
  MySecondFactorDocument,
  RequestOtpDocument,
  VerifyResetOtpDocument,
} from '../generated/graphql.ts'
import { signedInBy } from '../support/outcomes.ts'
import { eventually } from '../support/servers/processes.ts'
import { NEW_PASSWORD, UNLIMITED, loginCode, reset, resetTokenFor } from './password-steps.ts'
import {
  STRANGER_PASSWORD,
  givePhone,
  listWaysIn,
  signInByPhone,
  takeOver,
  undo,
  undoTokenFor,
} from './recovery-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const HOUR = 3_600_000

describeOn(EXTREMES, 'an account that a stranger has taken over', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  const profile = async (email: string, password: string) => {
    const { login } = await gateway.ask(LoginDocument, { input: { email, password } })
    return signedInBy(login)
  }

  it('is won back by e-mail: link with the old password, then a reset (SR-202)', async () => {
    const { email } = await gateway.signUp()
    const taken = await takeOver(gateway, email)
    expect(await listWaysIn(gateway, email, taken)).toContain('accessToken')
    const token = await undoTokenFor(gateway, email, 'phone number of your account is now')
    expect((await undo(gateway, token)).code).toBe('PROOF_REQUIRED')
    const { data, errors } = await undo(gateway, token, PASSWORD)
    expect(errors).toEqual([])
    expect(data?.undoChange).toMatchObject({ messageKey: 'CHANGE_UNDONE', takenContacts: [] })
    expect(await listWaysIn(gateway, email, taken)).toEqual([])
    expect((await reset(gateway, await resetTokenFor(gateway, email))).code).toBeUndefined()
    const { user, accessToken } = await profile(email, NEW_PASSWORD)
    expect([user.phone, await loginCode(gateway, email, PASSWORD)]).toEqual([null, 'INVALID_CREDENTIALS'])
    const { mySecondFactor } = await gateway.ask(MySecondFactorDocument, {}, accessToken)
    expect(mySecondFactor).toMatchObject({ totpEnabled: false, recoveryCodesLeft: 0 })
    expect(await listWaysIn(gateway, email, taken)).toEqual([])
    await eventually(async () => {
      const { myAuditEvents } = await gateway.ask(MyAuditEventsDocument, { first: 30 }, accessToken)
      return myAuditEvents.edges.some(({ node }) => node.event === 'user_change_undone')
    })
  })

  it('is won back by the phone that the stranger has replaced (SR-202)', async () => {
    const { email, accessToken } = await gateway.signUp()
    const own = newPhone()
    await givePhone(gateway, own, accessToken)
    const taken = await takeOver(gateway, email)
    const token = await undoTokenFor(gateway, email, `now +44•••••••${taken.phone.slice(-3)}`)
    expect((await undo(gateway, token, PASSWORD)).code).toBeUndefined()
    expect(await listWaysIn(gateway, email, taken)).toEqual([])
    const purpose = 'RESET_PASSWORD'
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { phone: own, purpose } })
    const input = { phone: own, purpose, code: requestOtp.otpCode ?? '' } as const
    const { verifyOtp } = await gateway.ask(VerifyResetOtpDocument, { input })
    expect((await reset(gateway, verifyOtp.resetToken ?? '')).code).toBeUndefined()
    expect((await profile(email, NEW_PASSWORD)).user.phone).toBe(own)
    expect(await listWaysIn(gateway, email, taken)).toEqual([])
  })

  it('is won back by an operator, who removes the second factor with a reason (SR-207)', async () => {
    const { email } = await gateway.signUp()
    const taken = await takeOver(gateway, email)
    await gateway.app.administration.resetSecondFactor(email, { actor: 'ops', reason: 'passport shown' })
    expect((await reset(gateway, await resetTokenFor(gateway, email))).code).toBeUndefined()
    expect(await listWaysIn(gateway, email, taken)).toEqual([])
    const { user, accessToken } = await profile(email, NEW_PASSWORD)
    expect(user.phone).toBeNull()
    await eventually(async () => {
      const { myAuditEvents } = await gateway.ask(MyAuditEventsDocument, { first: 30 }, accessToken)
      const found = myAuditEvents.edges.find(({ node }) => node.event === 'authn_mfa_reset')
      return found?.node.reason === 'ops: passport shown'
    })
    await eventually(async () =>
      (await gateway.messagesTo(email)).some(({ subject }) => subject.includes('operator removed')),
    )
  })

  it('is left as it is by an operator who removes a second factor that it does not have (SR-207)', async () => {
    const mine = await gateway.signUp()
    await givePhone(gateway, newPhone(), mine.accessToken)
    const token = await undoTokenFor(gateway, mine.email)
    await gateway.ask(EnrollTotpDocument, {}, mine.accessToken)
    const readStamp = () => gateway.sql(`SELECT generation FROM users WHERE email = '${mine.email}'`)
    const stamp = await readStamp()
    const removal = gateway.app.administration.resetSecondFactor(mine.email, {
      actor: 'ops',
      reason: 'asked',
    })
    await expect(removal).rejects.toThrow('The account has no second factor.')
    expect(await readStamp()).toEqual(stamp)
    expect(await isSignedIn(gateway, mine)).toBe(true)
    expect((await undo(gateway, token)).code).toBeUndefined()
  })

  it('keeps its link through every later change of the stranger, also a reset through the added phone (SR-203)', async () => {
    const { email } = await gateway.signUp()
    const session = await signInAgain(gateway, email)
    const phone = newPhone()
    await givePhone(gateway, phone, session.accessToken)
    const token = await undoTokenFor(gateway, email)
    const purpose = 'RESET_PASSWORD'
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { phone, purpose } })
    const input = { phone, purpose, code: requestOtp.otpCode ?? '' } as const
    const { verifyOtp } = await gateway.ask(VerifyResetOtpDocument, { input })
    expect((await reset(gateway, verifyOtp.resetToken ?? '', STRANGER_PASSWORD)).code).toBeUndefined()
    expect((await undo(gateway, token)).code).toBeUndefined()
    expect(await loginCode(gateway, email, STRANGER_PASSWORD)).toBe('INVALID_CREDENTIALS')
    expect((await profile(email, PASSWORD)).user.phone).toBeNull()
  })

  it('loses the phone that was added in the recovery window when its owner resets the password by e-mail (SR-206)', async () => {
    const { email, accessToken } = await gateway.signUp()
    const [early, late] = [newPhone(), newPhone()]
    await givePhone(gateway, early, accessToken)
    gateway.passTime(73 * HOUR)
    expect((await reset(gateway, await resetTokenFor(gateway, email))).code).toBeUndefined()
    const kept = await profile(email, NEW_PASSWORD)
    expect(kept.user.phone).toBe(early)
    await givePhone(gateway, late, kept.accessToken)
    expect((await reset(gateway, await resetTokenFor(gateway, email), PASSWORD)).code).toBeUndefined()
    expect((await profile(email, PASSWORD)).user.phone).toBeNull()
    expect((await signInByPhone(gateway, late)).code).toBe('OTP_INVALID')
    await eventually(async () =>
      (await gateway.messagesTo(email)).some(({ text }) =>
        text.includes(`${late.slice(-3)}, which was added`),
      ),
    )
  })
})
