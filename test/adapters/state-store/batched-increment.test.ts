import { describe, expect, it } from 'vitest'
import { batchIncrements, type Increment } from '../../../src/adapters/state-store/batched-increment.ts'

/** Counters in a map, and the statements that they got. */
function openCounters() {
  const statements: (readonly (Increment & { readonly amount: number })[])[] = []
  const values = new Map<string, number>()
  const count = batchIncrements(async (increments) => {
    statements.push(increments)
    return increments
      .filter(({ key }) => key !== 'text')
      .map(({ key, amount, windowMs }) => {
        values.set(key, (values.get(key) ?? 0) + amount)
        return { key, value: String(values.get(key)), expiresAt: windowMs }
      })
  })
  return { statements, count: (key: string) => count({ key, windowMs: 1000 }) }
}

describe('increments that start together', () => {
  it('share one statement, which has each key once and in order', async () => {
    const { statements, count } = openCounters()
    await Promise.all(['b', 'a', 'b', 'c'].map(count))
    expect(statements.map((rows) => rows.map(({ key, amount }) => [key, amount]))).toEqual([
      [
        ['a', 1],
        ['b', 2],
        ['c', 1],
      ],
    ])
  })

  it('get values of their own, in the order of the calls', async () => {
    const { count } = openCounters()
    await count('a')
    const counted = await Promise.all(['a', 'b', 'a', 'a'].map(count))
    expect(counted.map((one) => one?.count)).toEqual([2, 1, 3, 4])
  })

  it('fail alone when their value is not a counter', async () => {
    const { count } = openCounters()
    const counted = await Promise.all(['a', 'text', 'b'].map(count))
    expect(counted.map((one) => one?.count)).toEqual([1, undefined, 1])
  })
})
