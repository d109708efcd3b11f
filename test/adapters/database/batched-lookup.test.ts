import { expect, it } from 'vitest'
import { batchLookups } from '../../../src/adapters/database/batched-lookup.ts'

/** Looks up what `table` has by then; `asked`: the keys of each statement. */
function lookUps(table: Map<string, string>, failure: Error | null = null) {
  const asked: (readonly string[])[] = []
  const load = async (keys: readonly string[]) => {
    asked.push(keys)
    if (failure) throw failure
    return keys.flatMap((key) => {
      const value = table.get(key)
      return value === undefined ? [] : [{ key, value }]
    })
  }
  const find = batchLookups(load, ({ key }) => key)
  return { find, asked }
}

it('look-ups of one turn are one statement, and each gets its own row or none', async () => {
  const { find, asked } = lookUps(
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  )
  const found = await Promise.all(['b', 'nobody', 'a', 'b'].map(find))
  expect(found.map((row) => row?.value)).toEqual(['2', undefined, '1', '2'])
  expect(asked.length).toBe(1)
})

it('look-ups that continue from one answer are one statement again', async () => {
  const { find, asked } = lookUps(new Map(Array.from({ length: 32 }, (_, at) => [`k${at}`, `v${at}`])))
  const twice = async (at: number) => {
    await find(`k${at}`)
    return (await find(`k${(at + 1) % 32}`))?.value
  }
  const found = await Promise.all(Array.from({ length: 32 }, (_, at) => twice(at)))
  expect(found).toEqual(Array.from({ length: 32 }, (_, at) => `v${(at + 1) % 32}`))
  expect(asked.length).toBe(2)
})

it('nothing is remembered: what was asked for later is read later', async () => {
  const table = new Map([['a', 'before']])
  const { find } = lookUps(table)
  expect((await find('a'))?.value).toBe('before')
  table.set('a', 'after')
  expect((await find('a'))?.value).toBe('after')
  table.delete('a')
  expect(await find('a')).toBeNull()
})

it('statements have few lengths: powers of two, up to 64 keys', async () => {
  for (const count of [1, 2, 3, 5, 17, 33, 64, 65, 200]) {
    const keys = Array.from({ length: count }, (_, at) => `k${at}`)
    const { find, asked } = lookUps(new Map(keys.map((key) => [key, key])))
    expect((await Promise.all(keys.map(find))).map((row) => row?.value)).toEqual(keys)
    expect(asked.length).toBe(Math.ceil(count / 64))
    for (const { length } of asked) expect([1, 2, 4, 8, 16, 32, 64]).toContain(length)
  }
})

it('a failure is everybody’s who asked, and nobody’s who asks next', async () => {
  const down = new Error('down')
  const failing = lookUps(new Map(), down)
  await Promise.all(['a', 'b'].map((key) => expect(failing.find(key)).rejects.toBe(down)))
  await expect(failing.find('a')).rejects.toBe(down)
  expect(failing.asked.length).toBe(2)
})
