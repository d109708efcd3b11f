import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_KEY_LENGTH, type StateStore } from '../../../../src/ports/state-store.ts'
import {
  BAD_TTLS,
  DAY,
  LONG,
  ODD_TEXTS,
  SHORT,
  UNSTORABLE,
  newKey,
  times,
  type OpenStore,
} from './open-store.ts'
import { stateStoreCounterContract } from './state-store-counters.ts'

/** What every state store must do, whatever it is built on: values, then what is taken and counted, then ranges and life. */
export function stateStoreContract(open: () => Promise<OpenStore>): void {
  let opened: OpenStore
  let store: StateStore
  beforeAll(async () => {
    opened = await open()
    store = opened.store
  })
  afterAll(() => opened.close())
  const value = async (key: string) => (await store.get([key]))[0]

  describe('get and set', () => {
    it('give back what was written', async () => {
      const key = newKey()
      expect(await store.set(key, 'value', LONG)).toBe(true)
      expect(await value(key)).toBe('value')
    })
    it('answer null for what was never written', async () => expect(await value(newKey())).toBeNull())
    it('answer in the order asked, repeats and absences included', async () => {
      const [a, b, none] = [newKey(), newKey(), newKey()]
      await store.set(a, 'A', LONG)
      await store.set(b, 'B', LONG)
      expect(await store.get([b, none, a, b])).toEqual(['B', null, 'A', 'B'])
    })
    it('answer an empty list for no keys', async () => expect(await store.get([])).toEqual([]))
    it('end with their time', async () => {
      const key = newKey()
      await store.set(key, 'value', SHORT)
      await opened.passTime(SHORT + 60)
      expect(await value(key)).toBeNull()
    })
    it('renew the time when they write again', async () => {
      const key = newKey()
      await store.set(key, 'first', SHORT)
      await store.set(key, 'second', LONG)
      await opened.passTime(SHORT + 60)
      expect(await value(key)).toBe('second')
    })
    it('shorten the time when they write again', async () => {
      const key = newKey()
      await store.set(key, 'first', LONG)
      await store.set(key, 'second', SHORT)
      await opened.passTime(SHORT + 60)
      expect(await value(key)).toBeNull()
    })
    it('hold the empty text apart from absence', async () => {
      const key = newKey()
      await store.set(key, '', LONG)
      expect(await value(key)).toBe('')
    })
    it('hold a megabyte', async () => {
      const key = newKey()
      const large = 'ü'.repeat(500_000)
      await store.set(key, large, LONG)
      expect(await value(key)).toBe(large)
    })
    it('hold JSON as text', async () => {
      const key = newKey()
      const text = JSON.stringify({ a: [1, null, '"'], b: '\0' })
      await store.set(key, text, LONG)
      expect(await value(key)).toBe(text)
    })
    it.each(ODD_TEXTS)('take the odd key and value %j', async (text) => {
      const key = newKey(text)
      await store.set(key, text, LONG)
      expect(await store.get([key, `${key} other`])).toEqual([text, null])
    })
    it('take the longest key', async () => {
      const key = 'k'.repeat(MAX_KEY_LENGTH)
      await store.set(key, 'value', LONG)
      expect(await value(key)).toBe('value')
    })
  })

  describe('set, where nothing stands', () => {
    it('writes once', async () => {
      const key = newKey()
      expect(await store.set(key, 'first', LONG, { ifAbsent: true })).toBe(true)
      expect(await store.set(key, 'second', LONG, { ifAbsent: true })).toBe(false)
      expect(await value(key)).toBe('first')
    })
    it('lets one of 50 write', async () => {
      const key = newKey()
      const results = await times(50, (index) => store.set(key, `${index}`, LONG, { ifAbsent: true }))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await value(key)).toBe(`${results.indexOf(true)}`)
    })
    it('writes over what has ended', async () => {
      const key = newKey()
      await store.set(key, 'first', SHORT)
      await opened.passTime(SHORT + 60)
      expect(await store.set(key, 'second', LONG, { ifAbsent: true })).toBe(true)
    })
    it('leaves the time of what stands alone', async () => {
      const key = newKey()
      await store.set(key, 'first', SHORT)
      await store.set(key, 'second', LONG, { ifAbsent: true })
      await opened.passTime(SHORT + 60)
      expect(await value(key)).toBeNull()
    })
  })

  describe('compareAndSet', () => {
    it('replaces exactly what was expected', async () => {
      const key = newKey()
      await store.set(key, 'a', LONG)
      expect(await store.compareAndSet(key, 'a', 'b', LONG)).toBe(true)
      expect(await value(key)).toBe('b')
    })
    it('leaves anything else alone', async () => {
      const key = newKey()
      await store.set(key, 'a', LONG)
      expect(await store.compareAndSet(key, 'A', 'b', LONG)).toBe(false)
      expect(await value(key)).toBe('a')
    })
    it('does nothing where nothing stands', async () => {
      const key = newKey()
      expect(await store.compareAndSet(key, '', 'b', LONG)).toBe(false)
      expect(await value(key)).toBeNull()
    })
    it('does nothing where what stood has ended', async () => {
      const key = newKey()
      await store.set(key, 'a', SHORT)
      await opened.passTime(SHORT + 60)
      expect(await store.compareAndSet(key, 'a', 'b', LONG)).toBe(false)
    })
    it('has one winner among 50', async () => {
      const key = newKey()
      await store.set(key, 'a', LONG)
      const results = await times(50, (index) => store.compareAndSet(key, 'a', `b${index}`, LONG))
      expect(results.filter(Boolean)).toHaveLength(1)
    })
    it('renews the time', async () => {
      const key = newKey()
      await store.set(key, 'a', SHORT)
      await store.compareAndSet(key, 'a', 'b', LONG)
      await opened.passTime(SHORT + 60)
      expect(await value(key)).toBe('b')
    })
  })

  stateStoreCounterContract(() => opened)

  describe('ranges', () => {
    it.each([7 * DAY, 30 * DAY, 30 * DAY + 1000, 400 * DAY, 1234.5])(
      'a time to live of %d ms holds (149)',
      async (ttl) => {
        const key = newKey()
        await store.set(key, 'value', ttl)
        expect(await value(key)).toBe('value')
        const { resetsInMs } = await store.increment(newKey(), ttl)
        expect(Math.abs(resetsInMs - ttl)).toBeLessThan(5000)
      },
    )
    it.each(BAD_TTLS)('a time to live of %d is a mistake (149)', async (ttl) => {
      const key = newKey()
      await expect(store.set(key, 'value', ttl)).rejects.toThrow(RangeError)
      await expect(store.increment(key, ttl)).rejects.toThrow(RangeError)
      await expect(store.compareAndSet(key, 'a', 'b', ttl)).rejects.toThrow(RangeError)
      expect(await value(key)).toBeNull()
    })
    it.each(['', 'k'.repeat(MAX_KEY_LENGTH + 1), ...UNSTORABLE])('the key %j is a mistake', async (key) => {
      await expect(store.get([key])).rejects.toThrow(RangeError)
      await expect(store.set(key, 'value', LONG)).rejects.toThrow(RangeError)
      await expect(store.take(key)).rejects.toThrow(RangeError)
      await expect(store.increment(key, LONG)).rejects.toThrow(RangeError)
      await expect(store.delete([key])).rejects.toThrow(RangeError)
    })
    it.each(UNSTORABLE)('the value %j is a mistake', async (text) => {
      await expect(store.set(newKey(), text, LONG)).rejects.toThrow(RangeError)
    })
    it('a text is no counter', async () => {
      const key = newKey()
      await store.set(key, 'not a number', LONG)
      await expect(store.increment(key, LONG)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    })
  })

  describe('life', () => {
    it('answers a ping', async () => expect(await store.ping()).toBeUndefined())
    it('closes twice, and is unavailable from then on', async () => {
      const other = await open()
      await other.store.close()
      await other.store.close()
      await expect(other.store.get(['key'])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      await expect(other.store.set('key', 'value', LONG)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      })
      await other.close()
    })
  })
}
