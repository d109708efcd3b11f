import type { TabLock } from './platform.ts'
import type { LockOptions } from './tab-lock.ts'

/**
 * A lease: `owner expiry` in the storage. The storage has no atomic verb, so the owner writes its name and
 * reads it again after a pause: of two that wrote at one time, the last one holds it. This tab runs one work
 * at a time, also where the storage is blocked or full.
 */
export function createLease({ key, storage, clock, random, timeoutMs }: LockOptions): TabLock {
  const owner = String(random())
  const item = `${key}.lease`
  let last: Promise<unknown> = Promise.resolve()

  const wait = (ms: number) => new Promise<void>((resolve) => void clock.startTimer(ms, resolve))
  const isOwn = async () => (await storage?.getItem(item))?.startsWith(owner)

  /** Resolves with whether another tab held the lease meanwhile. */
  async function acquire(): Promise<boolean> {
    let hasWaited = false
    for (const deadline = clock.now() + 2 * timeoutMs; storage && clock.now() < deadline;) {
      const [holder, expiry] = ((await storage.getItem(item)) ?? '').split(' ')
      if (!holder || Number(expiry) < clock.now()) {
        await storage.setItem(item, `${owner} ${clock.now() + timeoutMs}`)
        await wait(20 + random() * 30)
        if (await isOwn()) return hasWaited
      }
      hasWaited = true
      await wait(30 + random() * 50)
    }
    return hasWaited
  }

  async function release(): Promise<void> {
    if (await isOwn()) await storage?.removeItem(item)
  }

  async function hold<Result>(work: (hasWaited?: boolean) => Promise<Result>): Promise<Result> {
    const hasWaited = await acquire().catch(() => false)
    return work(hasWaited).finally(() => release().catch(() => undefined))
  }

  return (work) => {
    const result = last.then(() => hold(work))
    last = result.catch(() => undefined)
    return result
  }
}
