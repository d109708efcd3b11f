import { describe, expect, it } from 'vitest'
import { LONG, SHORT, newKey, times, type OpenStore } from './open-store.ts'

/** What every state store must do with what is taken once or counted; `opened` gives the store once the suite has begun. */
export function stateStoreCounterContract(opened: () => OpenStore): void {
  describe('take', () => {
    it('gives the value and removes it', async () => {
      const key = newKey()
      await opened().store.set(key, 'value', LONG)
      expect([
        await opened().store.take(key),
        await opened().store.take(key),
        (await opened().store.get([key]))[0],
      ]).toEqual(['value', null, null])
    })
    it('lets exactly one of 50 concurrent takers have the value (19)', async () => {
      const key = newKey()
      await opened().store.set(key, 'value', LONG)
      const taken = await times(50, () => opened().store.take(key))
      expect(taken.filter((one) => one !== null)).toEqual(['value'])
    })
    it('gives nothing of what has ended', async () => {
      const key = newKey()
      await opened().store.set(key, 'value', SHORT)
      await opened().passTime(SHORT + 60)
      expect(await opened().store.take(key)).toBeNull()
    })
  })

  describe('increment', () => {
    it('counts from one', async () => {
      const key = newKey()
      const counts = [
        await opened().store.increment(key, LONG),
        await opened().store.increment(key, LONG),
      ].map(({ count }) => count)
      expect(counts).toEqual([1, 2])
    })
    it('loses none of 50 concurrent increments', async () => {
      const key = newKey()
      const counts = (await times(50, () => opened().store.increment(key, LONG))).map(({ count }) => count)
      expect(new Set(counts)).toEqual(new Set(Array.from({ length: 50 }, (_, index) => index + 1)))
    })
    it('answers numbers: ten follows nine (31)', async () => {
      const key = newKey()
      for (let count = 1; count < 10; count += 1) await opened().store.increment(key, LONG)
      expect((await opened().store.increment(key, LONG)).count).toBe(10)
    })
    it('opens its window once: later increments do not push the end away (88)', async () => {
      const key = newKey()
      await opened().store.increment(key, 400)
      await opened().passTime(250)
      expect((await opened().store.increment(key, 400)).count).toBe(2)
      await opened().passTime(220)
      expect((await opened().store.increment(key, 400)).count).toBe(1)
    })
    it('says how long the window still lasts', async () => {
      const key = newKey()
      expect((await opened().store.increment(key, LONG)).resetsInMs).toBeGreaterThan(LONG - 5000)
      const { resetsInMs } = await opened().store.increment(key, 10 * LONG)
      expect(resetsInMs).toBeGreaterThan(LONG - 5000)
      expect(resetsInMs).toBeLessThanOrEqual(LONG)
    })
    it('keeps keys apart', async () => {
      const [a, b] = [newKey(), newKey()]
      await opened().store.increment(a, LONG)
      expect((await opened().store.increment(b, LONG)).count).toBe(1)
    })
  })

  describe('reserve', () => {
    it('grants exactly N of 10 N concurrent claims (81)', async () => {
      const key = newKey()
      const claims = await times(50, () => opened().store.reserve(key, { max: 5, windowMs: LONG }))
      expect(claims.filter(({ granted }) => granted)).toHaveLength(5)
    })
    it('says what is left', async () => {
      const key = newKey()
      const left = []
      for (let claim = 0; claim < 4; claim += 1)
        left.push((await opened().store.reserve(key, { max: 2, windowMs: LONG })).remaining)
      expect(left).toEqual([1, 0, 0, 0])
    })
    it('grants again when the window has ended, however often it was refused', async () => {
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
    it('removes many, absent ones included', async () => {
      const [a, b] = [newKey(), newKey()]
      await opened().store.set(a, 'A', LONG)
      await opened().store.set(b, 'B', LONG)
      await opened().store.delete([a, newKey(), b])
      expect(await opened().store.get([a, b])).toEqual([null, null])
    })
    it('does nothing for no keys', async () => expect(await opened().store.delete([])).toBeUndefined())
    it('starts a counter anew', async () => {
      const key = newKey()
      await opened().store.increment(key, LONG)
      await opened().store.delete([key])
      expect((await opened().store.increment(key, LONG)).count).toBe(1)
    })
  })
}
