import { describe, expect, it } from 'vitest'
import { createAuthFetch } from '../../src/adapters/fetch.ts'
import { queryMe } from '../support/query-me.ts'
import { siteSteps } from '../support/site-steps.ts'
import { TOKEN_MS } from '../support/site.ts'

describe('two accounts on one device', () => {
  const { site, openDevice } = siteSteps()

  async function openTabsOfFirst() {
    const [first, second] = [await site.addAccount(), await site.addAccount()]
    const device = openDevice({ random: () => 0 })
    const [auth, other] = [device.openTab(), device.openTab()]
    await Promise.all([auth.ready, other.ready])
    await auth.login(first.credentials)
    await expect.poll(() => other.getState()).toMatchObject({ userId: first.userId })
    return { first, second, device, auth, other }
  }

  it('are one after the other: the second sign-in is that of every tab', async () => {
    const { second, device, auth, other } = await openTabsOfFirst()
    await other.login(second.credentials)
    await expect.poll(() => auth.getState()).toMatchObject({ status: 'signed-in', userId: second.userId })
    expect(await queryMe(auth)).toBe(second.userId)
    expect(device.signedOut).toEqual([])
  })

  it('leave no session behind: the second sign-in ends that of the first', async () => {
    const { second, auth, other } = await openTabsOfFirst()
    const token = (await auth.getAccessToken()) ?? ''
    await other.login(second.credentials)
    const readCode = async () => (await site.gateway.sendText('{ me { id } }', {}, { token })).code
    await expect.poll(readCode).toBe('UNAUTHENTICATED')
  })

  it('never send a request of the first with a token of the second', async () => {
    const { first, second, device, auth, other } = await openTabsOfFirst()
    device.sleep(2 * TOKEN_MS)
    site.gateway.passTime(2 * TOKEN_MS)
    // The request of the first waits for a refresh while the second signs in.
    const switching = other.login(second.credentials)
    const request = queryMe(auth)
    await switching
    await expect(request).rejects.toMatchObject({ code: 'SESSION_CHANGED', isRetryable: false })
    expect(await queryMe(auth)).toBe(second.userId)
    expect(first.userId).not.toBe(second.userId)
  })

  it('never repeat a rejected request of the first with a token of the second', async () => {
    const { second, auth, other } = await openTabsOfFirst()
    const tokens: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      tokens.push(new Headers(init?.headers).get('authorization'))
      // The second signs in while the request of the first is on its way.
      if (tokens.length === 1) await other.login(second.credentials)
      return globalThis.fetch(input, init)
    }
    const send = () =>
      createAuthFetch(auth, { fetch })(auth.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ me { id } }' }),
      })
    await send()
    expect(tokens).toHaveLength(1)
  })

  it('have a session each under keys of their own', async () => {
    const { first, second, device, auth } = await openTabsOfFirst()
    const options = { key: 'second', channel: null }
    const [apart, apartToo] = [device.openTab(options), device.openTab(options)]
    await apart.login(second.credentials)
    expect([await queryMe(auth), await queryMe(apart), await queryMe(apartToo)]).toEqual([
      first.userId,
      second.userId,
      second.userId,
    ])
  })
})
