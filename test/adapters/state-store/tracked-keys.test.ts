import { describe, expect, it } from 'vitest'
import { TrackedKeys } from '../../../src/adapters/state-store/tracked-keys.ts'

/** Tracked keys at a time that the test moves, with room for three keys. */
function trackedKeys() {
  const clock = { at: 0 }
  return { clock, keys: new TrackedKeys({ ttlMs: 100, maxKeys: 3, monotonic: () => clock.at }) }
}

const loaded =
  (...values: (string | null)[]) =>
  () =>
    Promise.resolve(values)

/** A response that arrives when the test says so. */
function deferred() {
  let resolve = (_values: string[]): void => undefined
  const promise = new Promise<string[]>((settle) => (resolve = settle))
  return { promise, resolve: (values: string[]) => resolve(values) }
}

describe('tracked keys', () => {
  it('return what was read, absent keys included, if all keys are known', async () => {
    const { keys } = trackedKeys()
    await keys.read(['a', 'b'], loaded('1', null))
    expect([keys.find(['b', 'a']), keys.find(['a', 'c'])]).toEqual([[null, '1'], null])
  })

  it('forget a value after its time to live, which starts before the read', async () => {
    const { keys, clock } = trackedKeys()
    await keys.read(['a'], async () => {
      clock.at = 60
      return ['1']
    })
    clock.at = 99
    expect(keys.find(['a'])).toEqual(['1'])
    clock.at = 100
    expect(keys.find(['a'])).toBeNull()
  })

  it('forget changed keys only, or all of them', async () => {
    const { keys } = trackedKeys()
    await keys.read(['a', 'b'], loaded('1', '2'))
    keys.invalidate(['a', 'unknown'])
    expect([keys.find(['a']), keys.find(['b'])]).toEqual([null, ['2']])
    keys.clear()
    expect(keys.find(['b'])).toBeNull()
  })

  it.each([
    ['an invalidation', (keys: TrackedKeys) => keys.invalidate(['a'])],
    ['a lost connection', (keys: TrackedKeys) => keys.clear()],
  ])('do not store a value that %s has overtaken', async (_what, overtake) => {
    const { keys } = trackedKeys()
    const response = deferred()
    const reading = keys.read(['a'], () => response.promise)
    overtake(keys)
    response.resolve(['old'])
    expect([await reading, keys.find(['a'])]).toEqual([['old'], null])
  })

  it('store the value of a read that began after the invalidation, whichever read ends first', async () => {
    const { keys } = trackedKeys()
    const [early, late] = [deferred(), deferred()]
    const reads = [keys.read(['a'], () => early.promise)]
    keys.invalidate(['a'])
    reads.push(keys.read(['a'], () => late.promise))
    late.resolve(['new'])
    await reads[1]
    early.resolve(['old'])
    await reads[0]
    expect(keys.find(['a'])).toEqual(['new'])
  })

  it('store nothing when a read fails', async () => {
    const { keys } = trackedKeys()
    await expect(keys.read(['a'], () => Promise.reject(new Error('refused')))).rejects.toThrow('refused')
    expect(keys.find(['a'])).toBeNull()
  })

  it('are bounded: the key that was not used for the longest time is forgotten', async () => {
    const { keys } = trackedKeys()
    for (const key of ['a', 'b', 'c']) await keys.read([key], loaded(key))
    keys.find(['a'])
    await keys.read(['d'], loaded('d'))
    expect([keys.find(['a']), keys.find(['b'])]).toEqual([['a'], null])
  })
})
