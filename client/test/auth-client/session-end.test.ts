import { describe, expect, it } from 'vitest'
import { createAuthFetch } from '../../src/adapters/fetch.ts'
import { queryMe } from '../support/query-me.ts'
import { siteSteps } from '../support/site-steps.ts'
import { TOKEN_MS } from '../support/site.ts'

describe('the end of a session in the client', () => {
  const { site, openDevice } = siteSteps()

  async function openSignedIn() {
    const account = await site.addAccount()
    const device = openDevice({ random: () => 0 })
    const [auth, other] = [device.openTab(), device.openTab()]
    await Promise.all([auth.ready, other.ready])
    await auth.login(account.credentials)
    await expect.poll(() => other.getState().status).toBe('signed-in')
    return { ...account, device, auth, other }
  }

  /** Ends all sessions of an account but one that is elsewhere. */
  const revokeFrom = (token: string) =>
    site.gateway.sendText('mutation { revokeOtherSessions { revokedSessions } }', {}, { token })

  it('reaches every tab once, after the gateway has refused a token and the refresh', async () => {
    const { device, auth, other, elsewhere } = await openSignedIn()
    await revokeFrom(elsewhere)
    expect(await queryMe(auth)).toBeUndefined()
    expect(auth.getState()).toEqual({ status: 'signed-out', reason: 'ENDED' })
    await expect.poll(() => other.getState()).toEqual({ status: 'signed-out', reason: 'ENDED' })
    expect(device.signedOut).toEqual(['ENDED', 'ENDED'])
    const before = site.proxy.count('refresh')
    expect(await queryMe(other)).toBeUndefined()
    expect(site.proxy.count('refresh')).toBe(before)
  })

  it('is the word of the gateway that a refresh token was used by a thief', async () => {
    const { device, auth } = await openSignedIn()
    const readToken = (text: string) => (JSON.parse(text) as { refreshToken: string }).refreshToken
    const steal = async (refreshToken: string) => {
      const text = 'mutation ($token: String) { refresh(refreshToken: $token) { refreshToken } }'
      const { data } = await site.gateway.sendText(text, { token: refreshToken })
      return (data?.['refresh'] as { refreshToken: string }).refreshToken
    }
    await steal(await steal(readToken([...device.storage.items.values()].join())))
    await auth.refresh()
    expect(auth.getState()).toEqual({ status: 'signed-out', reason: 'REUSED' })
  })

  it('is a sign-out in every tab, and the session is over at the gateway', async () => {
    const { device, auth, other } = await openSignedIn()
    const token = (await auth.getAccessToken()) ?? ''
    expect(await auth.logout()).toBe(true)
    await expect.poll(() => other.getState()).toEqual({ status: 'signed-out', reason: 'LOGOUT' })
    expect(await other.getAccessToken()).toBeNull()
    expect(await site.gateway.sendText('{ me { id } }', {}, { token })).toMatchObject({
      code: 'UNAUTHENTICATED',
    })
    expect([...device.storage.items.values()].join()).not.toMatch(/ey[\w-]+\.|refreshToken/)
  })

  it('holds at once without a network, and the gateway is told once there is one', async () => {
    const { device, auth } = await openSignedIn()
    const token = (await auth.getAccessToken()) ?? ''
    device.isOffline = true
    expect(await auth.logout()).toBe(false)
    expect(auth.getState()).toEqual({ status: 'signed-out', reason: 'LOGOUT' })
    expect(await auth.getAccessToken()).toBeNull()
    device.isOffline = false
    const restarted = device.openTab()
    await restarted.ready
    expect(restarted.getState().status).toBe('signed-out')
    const isRefused = async () => (await site.gateway.sendText('{ me { id } }', {}, { token })).code
    await expect.poll(isRefused).toBe('UNAUTHENTICATED')
    await expect.poll(() => [...device.storage.items.values()].join()).not.toContain(token)
  })

  it('is not undone by a refresh that was in progress', async () => {
    const { device, auth, other } = await openSignedIn()
    const refreshing = other.refresh()
    await auth.logout()
    await refreshing
    expect(await other.getAccessToken()).toBeNull()
    expect(device.openTab().getState().status).not.toBe('signed-in')
    expect(other.getState().status).toBe('signed-out')
  })

  it('reaches a tab that missed the message at its next request', async () => {
    const { device, auth } = await openSignedIn()
    const deaf = device.openTab({ channel: null })
    expect(await deaf.getAccessToken()).not.toBeNull()
    await auth.logout()
    expect(await deaf.getAccessToken()).toBeNull()
    expect(deaf.getState().status).toBe('signed-out')
  })

  it('does not come from a key of the gateway that was withdrawn: the refresh replaces the token', async () => {
    const { userId, auth } = await openSignedIn()
    const other = await openSignedIn()
    const foreign = (await other.auth.getAccessToken()) ?? ''
    let isFirst = true
    const fetch: typeof globalThis.fetch = (input, init) => {
      const headers = new Headers(init?.headers)
      if (isFirst) headers.set('authorization', `Bearer ${foreign}x`)
      isFirst = false
      return globalThis.fetch(input, { ...init, headers })
    }
    const response = await createAuthFetch(auth, { fetch })(auth.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ me { id } }' }),
    })
    expect(await response.json()).toMatchObject({ data: { me: { id: userId } } })
  })

  it('leaves a session idle that has no requests, so that the gateway can end it', async () => {
    const { device, auth } = await openSignedIn()
    const before = site.proxy.count('refresh')
    device.sleep(10 * TOKEN_MS)
    globalThis.dispatchEvent?.(new Event('online'))
    await auth.ready
    expect(site.proxy.count('refresh')).toBe(before)
  })
})
