import { describe, expect, it } from 'vitest'
import { LONG_MS, SHORT_MS, newKey, times, type OpenStore } from './open-store.ts'

/** The contract of `take` and of counters. `opened` returns the store once the suite has started. */
export function stateStoreCounterContract(opened: () => OpenStore): void {
  describe('take', () => {
    it('returns the value and removes it', async () => {
      const key = newKey()
      await opened().store.set(key, 'value', LONG_MS)
      expect([
        await opened().store.take(key),
        await opened().store.take(key),
        (await opened().store.get([key]))[0],
      ]).toEqual(['value', null, null])
    })
    it('returns the value to exactly one of 50 concurrent callers (SR-019)', async () => {
      const key = newKey()
      await opened().store.set(key, 'value', LONG_MS)
      const values = await times(50, () => opened().store.take(key))
      expect(values.filter((one) => one !== null)).toEqual(['value'])
    })
    it('returns null for an expired value', async () => {
      const key = newKey()
      await opened().store.set(key, 'value', SHORT_MS)
      await opened().passTime(SHORT_MS + 60)
      expect(await opened().store.take(key)).toBeNull()
    })
  })

  describe('increment', () => {
    it('counts from one', async () => {
      const key = newKey()
      const counts = [
        await opened().store.increment(key, LONG_MS),
        await opened().store.increment(key, LONG_MS),
      ].map(({ count }) => count)
      expect(counts).toEqual([1, 2])
    })
    it('loses none of 50 concurrent increments', async () => {
      const key = newKey()
      const counts = (await times(50, () => opened().store.increment(key, LONG_MS))).map(({ count }) => count)
      expect(new Set(counts)).toEqual(new Set(Array.from({ length: 50 }, (_, index) => index + 1)))
    })
    it('returns numbers: ten follows nine (SR-031)', async () => {
      const key = newKey()
      for (let count = 1; count < 10; count += 1) await opened().store.increment(key, LONG_MS)
      expect((await opened().store.increment(key, LONG_MS)).count).toBe(10)
    })
    it('opens its window once: later increments do not extend it (SR-088)', async () => {
      const key = newKey()
      await opened().store.increment(key, 400)
      await opened().passTime(250)
      expect((await opened().store.increment(key, 400)).count).toBe(2)
      await opened().passTime(220)
      expect((await opened().store.increment(key, 400)).count).toBe(1)
    })
    it('returns the remaining time of the window', async () => {
      const key = newKey()
      expect((await opened().store.increment(key, LONG_MS)).resetsInMs).toBeGreaterThan(LONG_MS - 5000)
      const { resetsInMs } = await opened().store.increment(key, 10 * LONG_MS)
      expect(resetsInMs).toBeGreaterThan(LONG_MS - 5000)
      expect(resetsInMs).toBeLessThanOrEqual(LONG_MS)
    })
    it('counts each key separately', async () => {
      const [a, b] = [newKey(), newKey()]
      await opened().store.increment(a, LONG_MS)
      expect((await opened().store.increment(b, LONG_MS)).count).toBe(1)
    })
  })

  describe('reserve', () => {
    it('grants exactly N of 10 N concurrent claims (SR-081)', async () => {
      const key = newKey()
      const claims = await times(50, () => opened().store.reserve(key, { max: 5, windowMs: LONG_MS }))
      expect(claims.filter(({ granted }) => granted)).toHaveLength(5)
    })
    it('returns the remaining claims', async () => {
      const key = newKey()
      const left = []
      for (let claim = 0; claim < 4; claim += 1)
        left.push((await opened().store.reserve(key, { max: 2, windowMs: LONG_MS })).remaining)
      expect(left).toEqual([1, 0, 0, 0])
    })
    it('grants claims again after the window, regardless of rejected ones', async () => {
      const key = newKey()
      const limit = { max: 1, windowMs: 300 }
      expect((await opened().store.reserve(key, limit)).granted).toBe(true)
      await opened().passTime(150)
      expect((await opened().store.reserve(key, limit)).granted).toBe(false)
      await opened().passTime(220)
      expect((await opened().store.reserve(key, limit)).granted).toBe(true)
    })
  })

  describe('delete', () => {
    it('removes several keys, and ignores unknown ones', async () => {
      const [a, b] = [newKey(), newKey()]
      await opened().store.set(a, 'A', LONG_MS)
      await opened().store.set(b, 'B', LONG_MS)
      await opened().store.delete([a, newKey(), b])
      expect(await opened().store.get([a, b])).toEqual([null, null])
    })
    it('does nothing for no keys', async () => expect(await opened().store.delete([])).toBeUndefined())
    it('resets a counter', async () => {
      const key = newKey()
      await opened().store.increment(key, LONG_MS)
      await opened().store.delete([key])
      expect((await opened().store.increment(key, LONG_MS)).count).toBe(1)
    })
  })
}
