import { describe, expect, it } from 'vitest'
import { createAuthFetch } from '../../src/adapters/fetch.ts'
import { createLease } from '../../src/auth-client/tab-lease.ts'
import { createChannelHub, createDevice } from '../support/device.ts'
import { queryMe } from '../support/query-me.ts'
import { siteSteps } from '../support/site-steps.ts'
import { startSite, TOKEN_MS } from '../support/site.ts'

describe('the refresh of the client', () => {
  const { site, openSignedIn, expire } = siteSteps()

  async function countRefreshes(work: () => Promise<unknown>): Promise<number> {
    const before = site.proxy.count('refresh')
    await work()
    return site.proxy.count('refresh') - before
  }

  it('is one request for parallel queries of five tabs at expiry', async () => {
    const { userId, device, auth } = await openSignedIn()
    const tabs = [auth, ...Array.from({ length: 4 }, () => device.openTab())]
    expire(device)
    const queries = () => Promise.all(tabs.flatMap((tab) => [queryMe(tab), queryMe(tab), queryMe(tab)]))
    const ids = new Set<string | undefined>()
    const refreshes = await countRefreshes(async () => (await queries()).forEach((id) => ids.add(id)))
    expect(refreshes).toBe(1)
    expect([...ids]).toEqual([userId])
  })

  it('is one request for five tabs whose browser has no Web Locks', async () => {
    const { device } = await openSignedIn()
    const createTab = (_: unknown, index: number) => {
      const options = device.createOptions()
      const { clock } = options
      if (!clock) throw new Error('no clock')
      const random = () => (index + 1) / 7
      const lease = { key: 'session', storage: device.storage, clock, random, timeoutMs: 10_000 }
      return device.openTab({ lock: createLease(lease) })
    }
    const tabs = Array.from({ length: 5 }, createTab)
    expire(device)
    expect(await countRefreshes(() => Promise.all(tabs.map(queryMe)))).toBe(1)
    expect(device.storage.items.has('session.lease')).toBe(false)
  })

  it('is one request for five tabs that get the lock before the storage and the messages change', async () => {
    const { device } = await openSignedIn()
    const openChannel = createChannelHub(100)
    // A browser caches the storage in each process: none of these tabs sees what another has stored since.
    const createTab = () => {
      const items = new Map(device.storage.items)
      const storage = { ...device.storage, getItem: (key: string) => items.get(key) ?? null }
      return device.openTab({ channel: openChannel(), storage })
    }
    const tabs = Array.from({ length: 5 }, createTab)
    await Promise.all(tabs.map(({ ready }) => ready))
    expire(device)
    expect(await countRefreshes(() => Promise.all(tabs.map(queryMe)))).toBe(1)
  })

  it('is one request for five tabs where the gateway has the refresh token in a cookie', async () => {
    const cookieSite = await startSite({
      REFRESH_TRANSPORT: 'cookie',
      CORS_ORIGINS: 'https://app.example.com',
      PUBLIC_URL: 'https://app.example.com',
    })
    const account = await cookieSite.addAccount()
    const device = createDevice(cookieSite.proxy.url, { transport: 'cookie' })
    const tabs = Array.from({ length: 5 }, () => device.openTab())
    await Promise.all(tabs.map(({ ready }) => ready))
    await tabs[0]?.login(account.credentials)
    device.sleep(TOKEN_MS)
    cookieSite.gateway.passTime(TOKEN_MS)
    const before = cookieSite.proxy.count('refresh')
    const ids = await Promise.all(tabs.map(queryMe))
    expect(ids).toEqual(tabs.map(() => account.userId))
    expect(cookieSite.proxy.count('refresh') - before).toBe(1)
    expect([...device.storage.items.values()].join()).not.toMatch(/ey[\w-]+\.|Token/)
    device.closeTabs()
    await cookieSite.close()
  })

  it('happens when the gateway says that the token has expired, and the request is repeated once', async () => {
    const { userId, auth } = await openSignedIn()
    // More than the difference between clocks that the gateway accepts.
    site.gateway.passTime(2 * TOKEN_MS)
    const before = site.proxy.count('me')
    expect(await countRefreshes(async () => expect(await queryMe(auth)).toBe(userId))).toBe(1)
    expect(site.proxy.count('me') - before).toBe(2)
  })

  it('repeats a request no second time', async () => {
    const { auth } = await openSignedIn()
    const rejected = { errors: [{ message: '', extensions: { code: 'UNAUTHENTICATED' } }] }
    let requests = 0
    const fetch = async () => {
      requests += 1
      return Response.json(rejected, { status: 401 })
    }
    const response = await createAuthFetch(auth, { fetch })(auth.url, { method: 'POST' })
    expect([requests, response.status]).toEqual([2, 401])
  })

  it('happens ahead of expiry, beside a request that still has its token', async () => {
    const { userId, device, auth } = await openSignedIn()
    device.sleep(TOKEN_MS - 20_000)
    const refreshes = await countRefreshes(async () => {
      expect(await queryMe(auth)).toBe(userId)
      await expect.poll(() => auth.getAccessToken()).not.toBeNull()
    })
    expect(refreshes).toBe(1)
  })

  it('does not happen on the clock of a device that is a day ahead or behind', async () => {
    for (const difference of [86_400_000, -86_400_000]) {
      const { userId, credentials, device } = await openSignedIn()
      device.sleep(difference)
      const auth = device.openTab()
      await auth.login(credentials)
      const refreshes = await countRefreshes(async () => expect(await queryMe(auth)).toBe(userId))
      expect(refreshes).toBe(0)
    }
  })

  it('survives a clock that is set back, after which the token seems new', async () => {
    const { userId, device, auth } = await openSignedIn()
    device.sleep(-3_600_000)
    site.gateway.passTime(2 * TOKEN_MS)
    expect(await queryMe(auth)).toBe(userId)
  })

  it('survives a laptop that was suspended, whose timers are late by an hour', async () => {
    const { userId, device, auth } = await openSignedIn()
    const sleepyTabs = [auth, device.openTab(), device.openTab()]
    device.sleep(3_600_000)
    site.gateway.passTime(3_600_000)
    const ids = await Promise.all(sleepyTabs.map(queryMe))
    expect(ids).toEqual(sleepyTabs.map(() => userId))
    expect(device.signedOut).toEqual([])
  })

  it('requests a response again that was lost, with the same token', async () => {
    const { userId, device, auth } = await openSignedIn()
    expire(device)
    site.proxy.fail('refresh', 'drop-response')
    expect(await countRefreshes(async () => expect(await queryMe(auth)).toBe(userId))).toBe(2)
    const bodies = site.proxy.sent('refresh').slice(-2)
    expect(bodies[0]?.body).toBe(bodies[1]?.body)
    expire(device)
    expect(await queryMe(auth)).toBe(userId)
    expect(device.signedOut).toEqual([])
  })
})
