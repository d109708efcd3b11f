import { afterEach, expect, it, vi } from 'vitest'
import { openTabLock } from '../../src/auth-client/tab-lock.ts'
import { createLockManager } from '../support/lock-manager.ts'

afterEach(() => vi.unstubAllGlobals())

/** The lock of one tab, with timers that `passTime` runs. */
function openLock() {
  const timers = new Set<() => void>()
  const clock = {
    now: () => 0,
    startTimer(_ms: number, run: () => void) {
      timers.add(run)
      return () => void timers.delete(run)
    },
  }
  const lock = openTabLock({ key: 'session', storage: null, clock, random: () => 0, timeoutMs: 10_000 })
  const passTime = () => timers.forEach((run) => (timers.delete(run), run()))
  return { lock, passTime }
}

const tellWait = async (hasWaited?: boolean) => hasWaited === true

it('a tab that asks for the lock right after the work of another one has waited', async () => {
  vi.stubGlobal('navigator', { locks: createLockManager() })
  const [first, late, later] = [openLock(), openLock(), openLock()]
  expect(await first.lock(tellWait)).toBe(false)
  const waited = late.lock(tellWait)
  first.passTime()
  expect(await waited).toBe(true)
  expect(await later.lock(tellWait)).toBe(false)
})

it('a tab that waits gets the lock as soon as the work of another one ends', async () => {
  vi.stubGlobal('navigator', { locks: createLockManager() })
  const [first, waiting] = [openLock(), openLock()]
  let waited: Promise<boolean> | undefined
  await first.lock(async () => void (waited = waiting.lock(tellWait)))
  expect(await waited).toBe(true)
})

it('work that fails keeps no lock', async () => {
  vi.stubGlobal('navigator', { locks: createLockManager() })
  const [first, second] = [openLock(), openLock()]
  await expect(first.lock(() => Promise.reject(new Error('no network')))).rejects.toThrow('no network')
  expect(await second.lock(async (hasWaited) => hasWaited)).toBeFalsy()
})
