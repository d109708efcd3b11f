import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MAX_KEY_LENGTH, type StateStore } from '../../src/ports/state-store.ts'

/** A store under test. */
export interface OpenStore {
  readonly store: StateStore
  /** Lets time pass for the store: a clock moved by hand, or a real wait. */
  passTime(ms: number): Promise<void>
  close(): Promise<void>
}

const DAY = 24 * 3600_000
const LONG = 60_000
/** Short enough to be waited for where time is real, long enough not to end on the way. */
const SHORT = 150
let keys = 0
const newKey = (name = 'key') => `${name}-${(keys += 1)}`
const times = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

const ODD_TEXTS = [
  'with space',
  'line\r\nbreak',
  '*',
  '{tag}',
  '{a}{b}',
  'ключ',
  '열쇠',
  '🔑👩‍👩‍👧',
  'a:b:c',
  '"',
  "'; DROP TABLE x; --",
  '%s%n',
  '\u2028',
  '\u0001',
  'é',
  'é',
  '__proto__',
]
const UNSTORABLE = ['nul \0 inside', 'lone \ud800 surrogate']
const BAD_TTLS = [0, -1, NaN, Infinity, -Infinity, 401 * DAY]

/** What every state store must do, whatever it is built on (150). */
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

  describe('take', () => {
    it('gives the value and removes it', async () => {
      const key = newKey()
      await store.set(key, 'value', LONG)
      expect([await store.take(key), await store.take(key), await value(key)]).toEqual(['value', null, null])
    })
    it('lets exactly one of 50 concurrent takers have the value (19)', async () => {
      const key = newKey()
      await store.set(key, 'value', LONG)
      const taken = await times(50, () => store.take(key))
      expect(taken.filter((one) => one !== null)).toEqual(['value'])
    })
    it('gives nothing of what has ended', async () => {
      const key = newKey()
      await store.set(key, 'value', SHORT)
      await opened.passTime(SHORT + 60)
      expect(await store.take(key)).toBeNull()
    })
  })

  describe('increment', () => {
    it('counts from one', async () => {
      const key = newKey()
      const counts = [await store.increment(key, LONG), await store.increment(key, LONG)].map(
        ({ count }) => count,
      )
      expect(counts).toEqual([1, 2])
    })
    it('loses none of 50 concurrent increments', async () => {
      const key = newKey()
      const counts = (await times(50, () => store.increment(key, LONG))).map(({ count }) => count)
      expect(new Set(counts)).toEqual(new Set(Array.from({ length: 50 }, (_, index) => index + 1)))
    })
    it('answers numbers: ten follows nine (31)', async () => {
      const key = newKey()
      for (let count = 1; count < 10; count += 1) await store.increment(key, LONG)
      expect((await store.increment(key, LONG)).count).toBe(10)
    })
    it('opens its window once: later increments do not push the end away (88)', async () => {
      const key = newKey()
      await store.increment(key, 400)
      await opened.passTime(250)
      expect((await store.increment(key, 400)).count).toBe(2)
      await opened.passTime(220)
      expect((await store.increment(key, 400)).count).toBe(1)
    })
    it('says how long the window still lasts', async () => {
      const key = newKey()
      expect((await store.increment(key, LONG)).resetsInMs).toBeGreaterThan(LONG - 5000)
      const { resetsInMs } = await store.increment(key, 10 * LONG)
      expect(resetsInMs).toBeGreaterThan(LONG - 5000)
      expect(resetsInMs).toBeLessThanOrEqual(LONG)
    })
    it('keeps keys apart', async () => {
      const [a, b] = [newKey(), newKey()]
      await store.increment(a, LONG)
      expect((await store.increment(b, LONG)).count).toBe(1)
    })
  })

  describe('reserve', () => {
    it('grants exactly N of 10 N concurrent claims (81)', async () => {
      const key = newKey()
      const claims = await times(50, () => store.reserve(key, { max: 5, windowMs: LONG }))
      expect(claims.filter(({ granted }) => granted)).toHaveLength(5)
    })
    it('says what is left', async () => {
      const key = newKey()
      const left = []
      for (let claim = 0; claim < 4; claim += 1)
        left.push((await store.reserve(key, { max: 2, windowMs: LONG })).remaining)
      expect(left).toEqual([1, 0, 0, 0])
    })
    it('grants again when the window has ended, however often it was refused', async () => {
      const key = newKey()
      const limit = { max: 1, windowMs: 300 }
      expect((await store.reserve(key, limit)).granted).toBe(true)
      await opened.passTime(150)
      expect((await store.reserve(key, limit)).granted).toBe(false)
      await opened.passTime(220)
      expect((await store.reserve(key, limit)).granted).toBe(true)
    })
  })

  describe('delete', () => {
    it('removes many, absent ones included', async () => {
      const [a, b] = [newKey(), newKey()]
      await store.set(a, 'A', LONG)
      await store.set(b, 'B', LONG)
      await store.delete([a, newKey(), b])
      expect(await store.get([a, b])).toEqual([null, null])
    })
    it('does nothing for no keys', async () => expect(await store.delete([])).toBeUndefined())
    it('starts a counter anew', async () => {
      const key = newKey()
      await store.increment(key, LONG)
      await store.delete([key])
      expect((await store.increment(key, LONG)).count).toBe(1)
    })
  })

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
