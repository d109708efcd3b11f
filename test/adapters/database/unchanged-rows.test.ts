import { expect, it } from 'vitest'
import { keepUnchangedRows } from '../../../src/adapters/database/unchanged-rows.ts'

interface Row {
  readonly key: string
  readonly value: string
}

/** Rows of a table whose version the test changes. `onLoad`: after rows were read, before they are kept. */
function createRows(table: Map<string, string>) {
  const state = { version: '1', onLoad: () => undefined as unknown }
  const statements: (readonly string[])[] = []
  const rows = keepUnchangedRows<Row>({
    load: async (keys) => {
      statements.push(keys)
      const loaded = keys.flatMap((key) => {
        const value = table.get(key)
        return value === undefined ? [] : [{ key, value }]
      })
      await state.onLoad()
      return loaded
    },
    getKey: ({ key }) => key,
    readVersion: async () => state.version,
  })
  const read = async (...keys: string[]) =>
    Object.fromEntries((await rows.read(keys)).map(({ key, value }) => [key, value]))
  return { ...rows, read, state, statements }
}

it('rows, and the absence of rows, are read once while the version is the same', async () => {
  const { read, statements } = createRows(new Map([['a', '1']]))
  expect(await read('a', 'none')).toEqual({ a: '1' })
  expect(await read('a', 'none')).toEqual({ a: '1' })
  expect(await read('none', 'b', 'a')).toEqual({ a: '1' })
  expect(statements).toEqual([['a', 'none'], ['b']])
})

it('every row is read again after another version, also one that was absent', async () => {
  const table = new Map([['a', '1']])
  const { read, state, statements } = createRows(table)
  await read('a', 'b')
  table.set('a', '2').set('b', '2')
  state.version = '2'
  expect(await read('a', 'b')).toEqual({ a: '2', b: '2' })
  expect(statements).toHaveLength(2)
})

it('a row that was read before another version is not kept under that version', async () => {
  const table = new Map([['a', '1']])
  const { read, state } = createRows(table)
  state.onLoad = async () => {
    state.onLoad = () => undefined
    table.set('a', '2')
    state.version = '2'
    // A second reader is the first one to see the new version.
    expect(await read('b')).toEqual({})
  }
  expect(await read('a')).toEqual({ a: '1' })
  expect(await read('a')).toEqual({ a: '2' })
})

it('a forgotten row is read again, also if it was being read', async () => {
  const table = new Map([['a', '1']])
  const { read, forget, state } = createRows(table)
  await read('a', 'b')
  table.set('a', '2')
  forget(['a'])
  state.onLoad = () => {
    state.onLoad = () => undefined
    table.set('a', '3')
    forget(['a'])
  }
  expect(await read('a')).toEqual({ a: '2' })
  expect(await read('a')).toEqual({ a: '3' })
})

it('a statement that failed keeps nothing', async () => {
  const { read, state, statements } = createRows(new Map([['a', '1']]))
  state.onLoad = () => Promise.reject(new Error('failed'))
  await expect(read('a')).rejects.toThrow('failed')
  state.onLoad = () => undefined
  expect(await read('a')).toEqual({ a: '1' })
  expect(statements).toHaveLength(2)
})

it('a bounded number of rows is kept', async () => {
  const { read, statements } = createRows(new Map())
  await read(...Array.from({ length: 10_001 }, (_, at) => `k${at}`))
  await read('k1')
  await read('k1')
  expect(statements.slice(1)).toEqual([['k1']])
})

it('a database without a version is read each time', async () => {
  const statements: unknown[] = []
  const { read } = keepUnchangedRows<Row>({
    load: async (keys) => (statements.push(keys), []),
    getKey: ({ key }) => key,
    readVersion: null,
  })
  await read(['a'])
  await read(['a'])
  expect(statements).toHaveLength(2)
})
