import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../../src/core/duration.ts'
import { MAX_KEY_LENGTH, type StateStore } from '../../../../src/ports/state-store.ts'
import {
  BAD_TTLS,
  LONG_MS,
  ODD_TEXTS,
  SHORT_MS,
  UNSTORABLE,
  newKey,
  times,
  type OpenStore,
} from './open-store.ts'
import { stateStoreCounterContract } from './state-store-counters.ts'

/** The contract of every state store: values, then counters, then value ranges and life cycle. */
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
    it('return what was written', async () => {
      const key = newKey()
      expect(await store.set(key, 'value', LONG_MS)).toBe(true)
      expect(await value(key)).toBe('value')
    })
    it('return null for an unknown key', async () => expect(await value(newKey())).toBeNull())
    it('return values in the order of the keys, including repeated and unknown ones', async () => {
      const [a, b, none] = [newKey(), newKey(), newKey()]
      await store.set(a, 'A', LONG_MS)
      await store.set(b, 'B', LONG_MS)
      expect(await store.get([b, none, a, b])).toEqual(['B', null, 'A', 'B'])
    })
    it('return an empty list for no keys', async () => expect(await store.get([])).toEqual([]))
    it('expire', async () => {
      const key = newKey()
      await store.set(key, 'value', SHORT_MS)
      await opened.passTime(SHORT_MS + 60)
      expect(await value(key)).toBeNull()
    })
    it('extend the time to live with another write', async () => {
      const key = newKey()
      await store.set(key, 'first', SHORT_MS)
      await store.set(key, 'second', LONG_MS)
      await opened.passTime(SHORT_MS + 60)
      expect(await value(key)).toBe('second')
    })
    it('shorten the time to live with another write', async () => {
      const key = newKey()
      await store.set(key, 'first', LONG_MS)
      await store.set(key, 'second', SHORT_MS)
      await opened.passTime(SHORT_MS + 60)
      expect(await value(key)).toBeNull()
    })
    it('distinguish an empty text from an unknown key', async () => {
      const key = newKey()
      await store.set(key, '', LONG_MS)
      expect(await value(key)).toBe('')
    })
    it('store a megabyte', async () => {
      const key = newKey()
      const large = 'ü'.repeat(500_000)
      await store.set(key, large, LONG_MS)
      expect(await value(key)).toBe(large)
    })
    it('store JSON as text', async () => {
      const key = newKey()
      const text = JSON.stringify({ a: [1, null, '"'], b: '\0' })
      await store.set(key, text, LONG_MS)
      expect(await value(key)).toBe(text)
    })
    it.each(ODD_TEXTS)('accept the unusual key and value %j', async (text) => {
      const key = newKey(text)
      await store.set(key, text, LONG_MS)
      expect(await store.get([key, `${key} other`])).toEqual([text, null])
    })
    it('accept the longest key', async () => {
      const key = 'k'.repeat(MAX_KEY_LENGTH)
      await store.set(key, 'value', LONG_MS)
      expect(await value(key)).toBe('value')
    })
  })

  describe('set with ifAbsent', () => {
    it('writes once', async () => {
      const key = newKey()
      expect(await store.set(key, 'first', LONG_MS, { ifAbsent: true })).toBe(true)
      expect(await store.set(key, 'second', LONG_MS, { ifAbsent: true })).toBe(false)
      expect(await value(key)).toBe('first')
    })
    it('lets one of 50 concurrent callers write', async () => {
      const key = newKey()
      const results = await times(50, (index) => store.set(key, `${index}`, LONG_MS, { ifAbsent: true }))
      expect(results.filter(Boolean)).toHaveLength(1)
      expect(await value(key)).toBe(`${results.indexOf(true)}`)
    })
    it('overwrites an expired value', async () => {
      const key = newKey()
      await store.set(key, 'first', SHORT_MS)
      await opened.passTime(SHORT_MS + 60)
      expect(await store.set(key, 'second', LONG_MS, { ifAbsent: true })).toBe(true)
    })
    it('does not change the time to live of an existing value', async () => {
      const key = newKey()
      await store.set(key, 'first', SHORT_MS)
      await store.set(key, 'second', LONG_MS, { ifAbsent: true })
      await opened.passTime(SHORT_MS + 60)
      expect(await value(key)).toBeNull()
    })
  })

  describe('compareAndSet', () => {
    it('replaces the expected value', async () => {
      const key = newKey()
      await store.set(key, 'a', LONG_MS)
      expect(await store.compareAndSet(key, 'a', 'b', LONG_MS)).toBe(true)
      expect(await value(key)).toBe('b')
    })
    it('does not change any other value', async () => {
      const key = newKey()
      await store.set(key, 'a', LONG_MS)
      expect(await store.compareAndSet(key, 'A', 'b', LONG_MS)).toBe(false)
      expect(await value(key)).toBe('a')
    })
    it('does nothing for an unknown key', async () => {
      const key = newKey()
      expect(await store.compareAndSet(key, '', 'b', LONG_MS)).toBe(false)
      expect(await value(key)).toBeNull()
    })
    it('does nothing for an expired value', async () => {
      const key = newKey()
      await store.set(key, 'a', SHORT_MS)
      await opened.passTime(SHORT_MS + 60)
      expect(await store.compareAndSet(key, 'a', 'b', LONG_MS)).toBe(false)
    })
    it('succeeds for one of 50 concurrent callers', async () => {
      const key = newKey()
      await store.set(key, 'a', LONG_MS)
      const results = await times(50, (index) => store.compareAndSet(key, 'a', `b${index}`, LONG_MS))
      expect(results.filter(Boolean)).toHaveLength(1)
    })
    it('extends the time to live', async () => {
      const key = newKey()
      await store.set(key, 'a', SHORT_MS)
      await store.compareAndSet(key, 'a', 'b', LONG_MS)
      await opened.passTime(SHORT_MS + 60)
      expect(await value(key)).toBe('b')
    })
  })

  stateStoreCounterContract(() => opened)

  describe('ranges', () => {
    it.each([7 * DAY_MS, 30 * DAY_MS, 30 * DAY_MS + 1000, 400 * DAY_MS, 1234.5])(
      'a time to live of %d ms is accepted (SR-149)',
      async (ttl) => {
        const key = newKey()
        await store.set(key, 'value', ttl)
        expect(await value(key)).toBe('value')
        const { resetsInMs } = await store.increment(newKey(), ttl)
        expect(Math.abs(resetsInMs - ttl)).toBeLessThan(5000)
      },
    )
    it.each(BAD_TTLS)('a time to live of %d is rejected (SR-149)', async (ttl) => {
      const key = newKey()
      await expect(store.set(key, 'value', ttl)).rejects.toThrow(RangeError)
      await expect(store.increment(key, ttl)).rejects.toThrow(RangeError)
      await expect(store.compareAndSet(key, 'a', 'b', ttl)).rejects.toThrow(RangeError)
      expect(await value(key)).toBeNull()
    })
    it.each(['', 'k'.repeat(MAX_KEY_LENGTH + 1), ...UNSTORABLE])('the key %j is rejected', async (key) => {
      await expect(store.get([key])).rejects.toThrow(RangeError)
      await expect(store.set(key, 'value', LONG_MS)).rejects.toThrow(RangeError)
      await expect(store.take(key)).rejects.toThrow(RangeError)
      await expect(store.increment(key, LONG_MS)).rejects.toThrow(RangeError)
      await expect(store.delete([key])).rejects.toThrow(RangeError)
    })
    it.each(UNSTORABLE)('the value %j is rejected', async (text) => {
      await expect(store.set(newKey(), text, LONG_MS)).rejects.toThrow(RangeError)
    })
    it('a text cannot be incremented', async () => {
      const key = newKey()
      await store.set(key, 'not a number', LONG_MS)
      await expect(store.increment(key, LONG_MS)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    })
  })

  describe('life cycle', () => {
    it('responds to a ping', async () => expect(await store.ping()).toBeUndefined())
    it('can be closed twice, and is unavailable afterwards', async () => {
      const other = await open()
      await other.store.close()
      await other.store.close()
      await expect(other.store.get(['key'])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
      await expect(other.store.set('key', 'value', LONG_MS)).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      })
      await other.close()
    })
  })
}
