import { describe, expect, it } from 'vitest'
import type { TokenTextStorage } from '../../src/index.ts'
import { queryMe } from '../support/query-me.ts'
import { siteSteps } from '../support/site-steps.ts'

/** Shortest pauses between attempts. */
const random = () => 0

describe('the client in an outage', () => {
  const { site, openDevice, expire, ...steps } = siteSteps()

  const openSignedIn = (settings: Parameters<typeof openDevice>[0] = {}) =>
    steps.openSignedIn({ random, ...settings })

  it('signs out for none of the failures of a network, a proxy or a gateway', async () => {
    for (const fault of ['refuse-connection', 'overloaded', 'login-page'] as const) {
      const { userId, device, auth } = await openSignedIn()
      expire(device)
      site.proxy.fail('refresh', fault, 3)
      await expect(queryMe(auth)).rejects.toMatchObject({ code: 'NETWORK', isRetryable: true })
      expect(auth.getState()).toMatchObject({ status: 'signed-in', userId })
      device.sleep(60_000)
      expect(await queryMe(auth)).toBe(userId)
      expect(device.signedOut).toEqual([])
    }
  })

  it('signs out for none of the codes that say to come back later', async () => {
    for (const code of ['SERVICE_UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR']) {
      let isFailing = false
      const body = { errors: [{ message: '', extensions: { code, retryAfter: 30 } }] }
      const fetch: typeof globalThis.fetch = (input, init) =>
        isFailing ? Promise.resolve(Response.json(body)) : globalThis.fetch(input, init)
      const { userId, device, auth } = await openSignedIn({ fetch })
      expire(device)
      isFailing = true
      await expect(queryMe(auth)).rejects.toMatchObject({ code, retryAfter: 30 })
      isFailing = false
      await expect(queryMe(auth)).rejects.toMatchObject({ code })
      device.sleep(30_000)
      expect(await queryMe(auth)).toBe(userId)
      expect(device.signedOut).toEqual([])
    }
  })

  it('gives up a request that takes too long, and stays signed in', async () => {
    let isStuck = false
    const fetch: typeof globalThis.fetch = (input, init) =>
      isStuck
        ? new Promise((_, reject) =>
            init?.signal?.addEventListener('abort', () => reject(new Error('abort'))),
          )
        : globalThis.fetch(input, init)
    const { userId, device, auth } = await openSignedIn({ fetch, timeoutMs: 2000 })
    expire(device)
    isStuck = true
    const refusal = queryMe(auth)
    await expect(refusal).rejects.toMatchObject({ code: 'NETWORK' })
    isStuck = false
    device.sleep(60_000)
    expect(await queryMe(auth)).toBe(userId)
  })

  it('asks a failing gateway a few times, and not once for each request', async () => {
    const { device, auth } = await openSignedIn()
    expire(device)
    site.proxy.fail('refresh', 'refuse-connection', 1000)
    const before = site.proxy.count('refresh')
    for (let round = 0; round < 5; round += 1)
      await Promise.allSettled(Array.from({ length: 20 }, () => queryMe(auth)))
    expect(site.proxy.count('refresh') - before).toBe(3)
    site.proxy.repair()
  })

  it('starts signed in on a device without a network, and works once there is one', async () => {
    const { userId, device } = await openSignedIn()
    expire(device)
    device.isOffline = true
    const restarted = device.openTab()
    await restarted.ready
    expect(restarted.getState()).toMatchObject({ status: 'signed-in', userId })
    await expect(queryMe(restarted)).rejects.toMatchObject({ isRetryable: true })
    device.isOffline = false
    globalThis.dispatchEvent?.(new Event('online'))
    device.sleep(60_000)
    expect(await queryMe(restarted)).toBe(userId)
    expect(device.signedOut).toEqual([])
  })

  it('stays signed in while the gateway restarts, and loses its memory', async () => {
    const { userId, device, auth } = await openSignedIn()
    expire(device)
    site.proxy.pointTo('http://127.0.0.1:9')
    await expect(queryMe(auth)).rejects.toMatchObject({ code: 'NETWORK' })
    const restarted = await site.gateway.sibling()
    site.proxy.pointTo(await restarted.app.http.app.listen({ port: 0, host: '127.0.0.1' }))
    device.sleep(60_000)
    expect(await queryMe(auth)).toBe(userId)
    expect(device.signedOut).toEqual([])
    site.proxy.pointTo(site.address)
    await restarted.app.close()
  })

  const refuse = (): never => {
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
  }
  const BLOCKED: TokenTextStorage = { getItem: refuse, setItem: refuse, removeItem: refuse }

  it('keeps tabs signed in whose storage is blocked, and tells a new tab of the session', async () => {
    const { userId, device, auth } = await openSignedIn({ storage: BLOCKED })
    const other = device.openTab()
    await expect.poll(() => other.getState()).toMatchObject({ status: 'signed-in', userId })
    for (let round = 0; round < 3; round += 1) {
      expire(device)
      expect(await Promise.all([queryMe(auth), queryMe(other)])).toEqual([userId, userId])
    }
    expect(device.signedOut).toEqual([])
  })

  it('keeps tabs signed in whose storage is full, and leaves no used refresh token there', async () => {
    const { userId, device, auth } = await openSignedIn()
    const other = device.openTab()
    await other.ready
    device.storage.setItem = refuse
    for (let round = 0; round < 3; round += 1) {
      expire(device)
      expect(await Promise.all([queryMe(auth), queryMe(other)])).toEqual([userId, userId])
      expect(device.storage.items.size).toBe(0)
      // Longer than the gateway returns the successor of a used token.
      site.gateway.passTime(60_000)
    }
    expect(device.signedOut).toEqual([])
  })

  it('takes a storage with other content for an empty one', async () => {
    const device = openDevice()
    for (const content of ['', '{', '[]', '"x"', '7']) {
      device.storage.setItem('graphql-auth-gateway', content)
      const auth = device.openTab()
      await auth.ready
      expect(auth.getState()).toEqual({ status: 'signed-out', reason: null })
    }
  })
})
