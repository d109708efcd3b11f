import { describe, expect, it } from 'vitest'
import type { DeviceClock } from '../../src/index.ts'
import { queryMe } from '../support/query-me.ts'
import { siteSteps } from '../support/site-steps.ts'
import { TOKEN_MS } from '../support/site.ts'

/** A clock whose timers run when the test says so. */
function createManualClock() {
  const timers = new Map<() => void, number>()
  let time = 0
  const clock: DeviceClock = {
    now: () => time,
    startTimer(ms, run) {
      timers.set(run, time + ms)
      return () => void timers.delete(run)
    },
  }
  return {
    clock,
    /** Moves on, and runs the timers that are due. */
    pass(ms: number): void {
      time += ms
      for (const [run, at] of [...timers])
        if (at <= time) {
          timers.delete(run)
          run()
        }
    },
    /** Moments of the timers between `from` and `to` milliseconds from now. */
    listTimers: (from: number, to: number) =>
      [...timers.values()].filter((at) => at >= time + from && at <= time + to),
  }
}

describe('the upkeep of the client', () => {
  const { site, ...steps } = siteSteps()

  async function openSignedIn() {
    const time = createManualClock()
    const signedIn = await steps.openSignedIn({ clock: time.clock, random: () => 0 })
    const { listTimers } = time
    return { ...signedIn, pass: (ms: number) => time.pass(ms), listTimers }
  }

  it('refreshes a session in use a minute before its token expires, without a request', async () => {
    const { userId, auth, pass } = await openSignedIn()
    expect(await queryMe(auth)).toBe(userId)
    const before = site.proxy.count('refresh')
    pass(TOKEN_MS - 61_000)
    await auth.getAccessToken()
    expect(site.proxy.count('refresh')).toBe(before)
    pass(1000)
    await expect.poll(() => site.proxy.count('refresh')).toBe(before + 1)
  })

  it('refreshes no session ahead of expiry that has not been used since the last refresh', async () => {
    const { auth, pass } = await openSignedIn()
    await auth.refresh()
    const before = site.proxy.count('refresh')
    for (let minute = 0; minute < 60; minute += 1) pass(60_000)
    await auth.ready
    expect(site.proxy.count('refresh')).toBe(before)
  })

  it('tells the gateway of a sign-out again until it confirms it', async () => {
    const { device, auth, pass, listTimers } = await openSignedIn()
    device.isOffline = true
    expect(await auth.logout()).toBe(false)
    pass(15_000)
    await expect.poll(() => listTimers(1, 15_000)).toHaveLength(1)
    device.isOffline = false
    const before = site.proxy.count('logout')
    pass(15_000)
    await expect.poll(() => site.proxy.count('logout')).toBe(before + 1)
    await expect.poll(() => listTimers(1, 15_000)).toHaveLength(0)
  })

  it('starts no timer after the client is closed', async () => {
    const { auth, listTimers } = await openSignedIn()
    expect(listTimers(1, TOKEN_MS)).toHaveLength(1)
    auth.close()
    expect(listTimers(1, TOKEN_MS)).toHaveLength(0)
  })
})
