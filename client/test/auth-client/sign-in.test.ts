import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { AUTH_CLIENT_OPERATIONS } from '../../src/index.ts'
import { newAddress, PASSWORD } from '../../../test/support/gateway.ts'
import { createDevice } from '../support/device.ts'
import { siteSteps } from '../support/site-steps.ts'
import { TOKEN_MS } from '../support/site.ts'

describe('the sign-in calls of the client', () => {
  const { site, openDevice } = siteSteps({ OTP_EXPOSE_CODE: 'true' })
  it('send documents of the schema', () => {
    const schema = buildSchema(readFileSync('schema/schema.graphql', 'utf8'))
    for (const text of Object.values(AUTH_CLIENT_OPERATIONS))
      expect(validate(schema, parse(text))).toEqual([])
  })

  it('sign in with five lines, and say who is signed in', async () => {
    const { credentials, userId } = await site.addAccount()
    const { email } = credentials
    const auth = openDevice().openTab()
    const result = await auth.login(credentials)
    expect(result).toMatchObject({ __typename: 'AuthPayload', user: { id: userId, email } })
    expect(auth.getState()).toEqual({ status: 'signed-in', userId, sessionId: expect.any(String) })
    expect(await auth.getAccessToken()).toMatch(/^ey/)
  })

  it('register an address, and verify it with its code', async () => {
    const auth = openDevice().openTab()
    const email = newAddress()
    const { challengeId, otpCode } = await auth.register({ email, password: PASSWORD })
    await auth.verifyOtp({ challengeId, code: otpCode ?? '', purpose: 'VERIFY_EMAIL' })
    expect(auth.getState().status).toBe('signed-in')
  })

  it('sign in with a code alone', async () => {
    const {
      credentials: { email },
    } = await site.addAccount()
    const auth = openDevice().openTab()
    const { challengeId, otpCode } = await auth.requestOtp({ email })
    await auth.verifyOtp({ challengeId, code: otpCode ?? '' })
    expect(auth.getState().status).toBe('signed-in')
  })

  it('do not return tokens', async () => {
    const { credentials } = await site.addAccount()
    const result = await openDevice().openTab().login(credentials)
    expect(JSON.stringify(result)).not.toMatch(/ey[\w-]+\.|refreshToken/)
  })

  it('reject a wrong password with its code, and change nothing', async () => {
    const {
      credentials: { email },
    } = await site.addAccount()
    const auth = openDevice().openTab()
    await auth.ready
    const refusal = await auth.login({ email, password: 'wrong' }).catch((error: unknown) => error)
    expect(refusal).toMatchObject({
      name: 'AuthClientError',
      code: 'INVALID_CREDENTIALS',
      isRetryable: false,
    })
    expect(auth.getState()).toEqual({ status: 'signed-out', reason: null })
  })

  it('carry no Authorization header, also with an expired token', async () => {
    const { credentials } = await site.addAccount()
    const device = openDevice()
    const auth = device.openTab()
    await auth.login(credentials)
    device.sleep(TOKEN_MS)
    site.gateway.passTime(TOKEN_MS)
    await auth.login(credentials)
    await auth.refresh()
    const calls = [...site.proxy.sent('login'), ...site.proxy.sent('refresh')]
    expect(calls.map(({ authorization }) => authorization)).toEqual(calls.map(() => undefined))
  })

  it('explain a refresh transport that differs from that of the gateway', async () => {
    const { credentials } = await site.addAccount()
    const auth = createDevice(site.proxy.url, { transport: 'cookie' }).openTab()
    await expect(auth.login(credentials)).rejects.toThrow('REFRESH_TRANSPORT')
  })

  it('end all sessions of the account, and reject without a network', async () => {
    const { credentials } = await site.addAccount()
    const device = openDevice()
    const auth = device.openTab()
    const other = openDevice().openTab()
    await auth.login(credentials)
    await other.login(credentials)
    device.isOffline = true
    await expect(auth.logout({ everywhere: true })).rejects.toMatchObject({ code: 'NETWORK' })
    expect(auth.getState().status).toBe('signed-in')
    device.isOffline = false
    expect(await auth.logout({ everywhere: true })).toBe(true)
    expect(auth.getState()).toEqual({ status: 'signed-out', reason: 'LOGOUT_EVERYWHERE' })
    await other.refresh()
    expect(other.getState()).toEqual({ status: 'signed-out', reason: 'ENDED' })
  })
})
