import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/config/settings.ts'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, newPhone, startGateway, type TestGateway } from '../support/gateway.ts'

const page = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/accounts.md'), 'utf8')
const [register = '', verifyEmail = '', registerPhone = ''] = [
  ...page.matchAll(/```graphql\n([\s\S]*?)```/g),
].map(([, text]) => text ?? '')

describe('docs/accounts.md', () => {
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway((BACKENDS as readonly [Backend])[0])))
  afterAll(() => gateway.close())

  it('shows operations that work', async () => {
    const email = newAddress()
    expect((await gateway.sendText(register, { email, password: PASSWORD })).errors).toEqual([])
    const token = await gateway.linkTokenFor(email)
    const { data, errors } = await gateway.sendText(verifyEmail, { token })
    expect(errors).toEqual([])
    expect(data?.['verifyEmail']).toMatchObject({
      user: { email },
      signIn: { accessToken: expect.any(String) as string },
    })
    expect((await gateway.sendText(registerPhone, { phone: newPhone() })).errors).toEqual([])
  })

  it('names settings that exist, and the current limits', () => {
    const named = [...page.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, name]) => name ?? '')
    const others = [
      'BAD_USER_INPUT',
      'INVALID_EMAIL',
      'INVALID_PHONE',
      'VERIFY_PHONE',
      'RESET_PASSWORD',
      'VERIFY_EMAIL',
      'LAST_CONTACT',
      'REAUTHENTICATION_REQUIRED',
      'TOKEN_INVALID',
      'ALREADY_VERIFIED',
    ]
    expect(named.filter((name) => !(name in SETTINGS) && !others.includes(name))).toEqual([])
    expect([
      LIMITS.otpResends.max,
      LIMITS.otpHourly.max,
      LIMITS.otpDaily.max,
      LIMITS.otpFailures.max,
    ]).toEqual([4, 10, 30, 15])
    expect([LIMITS.smsPerNetwork.max, LIMITS.smsPerBlock.max]).toEqual([20, 20])
  })
})
