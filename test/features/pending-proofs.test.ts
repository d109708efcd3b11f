import { afterAll, beforeAll, expect, it } from 'vitest'
import { LoginDocument, RegisterDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { describeOnEveryBackend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { signedInBy } from '../support/outcomes.ts'
import { NEW_PASSWORD, UNLIMITED, loginCode, reset, resetTokenFor } from './password-steps.ts'
import { requestCode } from './proof-steps.ts'

describeOnEveryBackend('a repeated registration by a stranger', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(backend, UNLIMITED)))
  afterAll(() => gateway.close())

  const register = (email: string, password: string) =>
    gateway.ask(RegisterDocument, { input: { email, password } })

  it('does not end the LOGIN code of the mailbox, and its password does not sign in (SR-013, SR-181)', async () => {
    const email = newAddress()
    await register(email, PASSWORD)
    const input = await requestCode(gateway, { email }, 'LOGIN')
    await register(email, NEW_PASSWORD)
    const { user } = signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect([user.email, user.status]).toEqual([email, 'ACTIVE'])
    for (const password of [PASSWORD, NEW_PASSWORD])
      expect((await gateway.send(LoginDocument, { input: { email, password } })).code).toBe(
        'INVALID_CREDENTIALS',
      )
  })

  it('does not end the reset grant of the mailbox (SR-181)', async () => {
    const email = newAddress()
    await register(email, PASSWORD)
    const grant = await resetTokenFor(gateway, email)
    await register(email, PASSWORD)
    expect((await reset(gateway, grant, NEW_PASSWORD)).code).toBeUndefined()
    expect(await loginCode(gateway, email, PASSWORD)).toBe('INVALID_CREDENTIALS')
    expect(await loginCode(gateway, email, NEW_PASSWORD)).toBeUndefined()
  })

  it('keeps the password of an account only for the code of its own registration (SR-013)', async () => {
    const email = newAddress()
    await register(email, PASSWORD)
    await register(email, NEW_PASSWORD)
    // A code that was requested carries the stamp of the account, and is not one of the registration.
    const input = await requestCode(gateway, { email }, 'VERIFY_EMAIL')
    signedInBy((await gateway.ask(VerifyOtpDocument, { input })).verifyOtp)
    expect(await loginCode(gateway, email, NEW_PASSWORD)).toBe('INVALID_CREDENTIALS')
  })
})
