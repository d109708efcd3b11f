import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { PASSWORD, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'
import {
  DisableTotpDocument,
  LoginDocument,
  MeDocument,
  RequestOtpDocument,
  VerifyOtpDocument,
} from '../generated/graphql.ts'
import { newNetwork, readDeviceCookie, sendFrom } from './limit-actors.ts'
import { addApp, nextCode, signUpWithApp } from './mfa-steps.ts'
import { NEW_PASSWORD, UNLIMITED, change, loginCode, reset, resetTokenFor } from './password-steps.ts'
import { STRANGER_PASSWORD, givePhone, takeOver, undo, undoTokenFor } from './recovery-steps.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const HOUR = 3_600_000

describeOn(EXTREMES, 'an undo link', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  it('undoes a password change, ends all sessions and works once (SR-202)', async () => {
    const mine = await gateway.signUp()
    await change(gateway, mine, PASSWORD, STRANGER_PASSWORD)
    const token = await undoTokenFor(gateway, mine.email)
    const answers = await Promise.all(Array.from({ length: 10 }, () => undo(gateway, token)))
    expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1)
    const refused = new Set(answers.map(({ code }) => code).filter(Boolean))
    expect([...refused].filter((code) => code !== 'SERVICE_UNAVAILABLE')).toEqual(['TOKEN_INVALID'])
    expect(await isSignedIn(gateway, mine)).toBe(false)
    expect(await loginCode(gateway, mine.email, STRANGER_PASSWORD)).toBe('INVALID_CREDENTIALS')
    expect(await loginCode(gateway, mine.email, PASSWORD)).toBeUndefined()
    const rows = await gateway.sql(
      `SELECT id FROM account_changes WHERE password_hash IS NOT NULL AND closed_at IS NOT NULL`,
    )
    expect(rows).toEqual([])
  })

  it('has one response when it is forged, used, expired or closed by a reset (SR-204)', async () => {
    const tokens = ['', 'x', `${'A'.repeat(24)}.${'A'.repeat(22)}`]
    const closed = await gateway.signUp()
    await change(gateway, closed, PASSWORD, STRANGER_PASSWORD)
    tokens.push(await undoTokenFor(gateway, closed.email))
    await reset(gateway, await resetTokenFor(gateway, closed.email))
    const late = await gateway.signUp()
    await change(gateway, late, PASSWORD, STRANGER_PASSWORD)
    const token = await undoTokenFor(gateway, late.email)
    tokens.push(token, `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)
    gateway.passTime(72 * HOUR)
    const answers = await Promise.all(tokens.map((text) => undo(gateway, text)))
    expect(
      new Set(
        answers.map(({ status, text }) => `${status} ${text.replace(/,?"rateLimits":\[[^\]]*\]/g, '')}`),
      ).size,
    ).toBe(1)
    expect(answers[0]?.code).toBe('TOKEN_INVALID')
  })

  it('does not remove a second factor alone: it takes the password or a device from before (SR-205)', async () => {
    const strict = await startGateway(backend)
    const mine = await strict.signUp()
    await addApp(strict, mine.accessToken)
    const token = await undoTokenFor(strict, mine.email)
    const refusals = []
    for (let tried = 0; tried < 21; tried += 1) refusals.push(await undo(strict, token, `wrong ${tried}`))
    const codes = refusals.map(({ code }) => code)
    expect(codes).toEqual([...Array.from({ length: 20 }, () => 'PROOF_REQUIRED'), 'RATE_LIMITED'])
    expect(refusals[0]?.errors[0]?.extensions['attemptsLeft']).toBe(19)
    expect((await undo(strict, token, PASSWORD)).code).toBe('RATE_LIMITED')
    await strict.close()
  })

  it('removes a second factor on a device that the account knew before the change (SR-205)', async () => {
    const { email } = await gateway.signUp()
    const taken = await takeOver(gateway, email)
    const token = await undoTokenFor(gateway, email, 'phone number')
    const stranger = await gateway.signUp()
    const other = await takeOver(gateway, stranger.email)
    const network = newNetwork()
    expect((await undo(gateway, token, null, sendFrom({ network, device: other.device }).headers)).code).toBe(
      'PROOF_REQUIRED',
    )
    expect(
      (await undo(gateway, token, null, sendFrom({ network, device: taken.device }).headers)).code,
    ).toBeUndefined()
  })

  it('does not remove a second factor on a device that signed in by a code to the same mailbox (SR-205)', async () => {
    const { email, accessToken } = await gateway.signUp()
    gateway.passTime(61_000)
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { email, purpose: 'LOGIN' } })
    const { challengeId, otpCode } = requestOtp
    const input = { challengeId, purpose: 'LOGIN', code: otpCode ?? '' } as const
    const device = readDeviceCookie(await gateway.send(VerifyOtpDocument, { input }))
    await addApp(gateway, accessToken)
    const token = await undoTokenFor(gateway, email)
    const { headers } = sendFrom({ network: newNetwork(), device })
    expect((await undo(gateway, token, null, headers)).code).toBe('PROOF_REQUIRED')
    expect((await undo(gateway, token, PASSWORD, headers)).code).toBeUndefined()
  })

  it('restores a second factor that was switched off, with its unused recovery codes (SR-205)', async () => {
    const mine = await signUpWithApp(gateway)
    await gateway.ask(DisableTotpDocument, { code: nextCode(gateway, mine) }, mine.accessToken)
    const token = await undoTokenFor(gateway, mine.email, 'no longer requires')
    expect((await undo(gateway, token)).code).toBeUndefined()
    const { login } = await gateway.ask(LoginDocument, { input: { email: mine.email, password: PASSWORD } })
    expect(login.__typename).toBe('MfaChallenge')
    const rows = await gateway.sql<{ count: number }>(
      `SELECT COUNT(*) AS count FROM recovery_codes JOIN users ON users.id = user_id WHERE email = '${mine.email}'`,
    )
    expect(Number(rows[0]?.count)).toBe(10)
  })

  it('leaves a number with the account that has verified it meanwhile, and says so (SR-202)', async () => {
    const mine = await gateway.signUp()
    const [first, second] = [newPhone(), newPhone()]
    await givePhone(gateway, first, mine.accessToken)
    const again = await signInAgain(gateway, mine.email)
    await givePhone(gateway, second, again.accessToken)
    const token = await undoTokenFor(gateway, mine.email, `now +44•••••••${second.slice(-3)}`)
    const other = await gateway.signUp()
    await givePhone(gateway, first, other.accessToken)
    const { data } = await undo(gateway, token)
    expect(data?.undoChange.takenContacts).toEqual(['SMS'])
    expect((await gateway.ask(MeDocument, {}, other.accessToken)).me.phone).toBe(first)
    expect(await isSignedIn(gateway, again)).toBe(false)
  })

  it('stands in a notice with the time in UTC, the masked network and the device (SR-208)', async () => {
    const strict = await startGateway(backend, { TRUST_PROXY: '1' })
    const mine = await strict.signUp()
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
    const headers = { 'user-agent': agent, 'x-forwarded-for': '203.0.113.77' }
    await change(strict, mine, PASSWORD, NEW_PASSWORD, headers)
    await undoTokenFor(strict, mine.email)
    const message = (await strict.messagesTo(mine.email)).at(-1)?.text ?? ''
    expect(message).toMatch(
      /Time: \d{4}-\d\d-\d\d \d\d:\d\d UTC\. Network: 203\.0\.113\.x\. Device: Firefox on Linux\./,
    )
    expect(message).not.toContain('203.0.113.77')
    await strict.close()
  })
})
