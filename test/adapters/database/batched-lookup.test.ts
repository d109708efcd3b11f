import { expect, it } from 'vitest'
import { batchLookups } from '../../../src/adapters/database/batched-lookup.ts'

/** Lookups in `table`. `statements`: the keys of each statement. */
function createLookup(table: Map<string, string>, failure: Error | null = null) {
  const statements: (readonly string[])[] = []
  const load = async (keys: readonly string[]) => {
    statements.push(keys)
    if (failure) throw failure
    return keys.flatMap((key) => {
      const value = table.get(key)
      return value === undefined ? [] : [{ key, value }]
    })
  }
  const find = batchLookups(load, ({ key }) => key)
  return { find, statements }
}

it('lookups of one turn share one statement, and each gets its own row or null', async () => {
  const { find, statements } = createLookup(
    new Map([
      ['a', '1'],
      ['b', '2'],
    ]),
  )
  const found = await Promise.all(['b', 'unknown', 'a', 'b'].map(find))
  expect(found.map((row) => row?.value)).toEqual(['2', undefined, '1', '2'])
  expect(statements.length).toBe(1)
})

it('lookups that continue after one result share a second statement', async () => {
  const { find, statements } = createLookup(
    new Map(Array.from({ length: 32 }, (_, at) => [`k${at}`, `v${at}`])),
  )
  const twice = async (at: number) => {
    await find(`k${at}`)
    return (await find(`k${(at + 1) % 32}`))?.value
  }
  const found = await Promise.all(Array.from({ length: 32 }, (_, at) => twice(at)))
  expect(found).toEqual(Array.from({ length: 32 }, (_, at) => `v${(at + 1) % 32}`))
  expect(statements.length).toBe(2)
})

it('nothing is cached: a later lookup reads the row again', async () => {
  const table = new Map([['a', 'before']])
  const { find } = createLookup(table)
  expect((await find('a'))?.value).toBe('before')
  table.set('a', 'after')
  expect((await find('a'))?.value).toBe('after')
  table.delete('a')
  expect(await find('a')).toBeNull()
})

it('statements have up to 256 different keys', async () => {
  for (const count of [1, 2, 255, 256, 257, 600]) {
    const keys = Array.from({ length: count }, (_, at) => `k${at}`)
    const { find, statements } = createLookup(new Map(keys.map((key) => [key, key])))
    expect((await Promise.all(keys.map(find))).map((row) => row?.value)).toEqual(keys)
    expect(statements.length).toBe(Math.ceil(count / 256))
    expect(statements.flat()).toEqual(keys)
  }
})

it('a failure rejects all lookups of its statement, and no later ones', async () => {
  const down = new Error('down')
  const failing = createLookup(new Map(), down)
  await Promise.all(['a', 'b'].map((key) => expect(failing.find(key)).rejects.toBe(down)))
  await expect(failing.find('a')).rejects.toBe(down)
  expect(failing.statements.length).toBe(2)
})
