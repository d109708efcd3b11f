import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createRequestBatcher } from '../../src/http/request-batcher.ts'

describe('the request batcher', () => {
  it('starts requests that wait together in batches of 32, in order', async () => {
    const batcher = createRequestBatcher()
    const started: number[] = []
    const batches: number[] = []
    const all = Promise.all(
      Array.from({ length: 70 }, async (_, index) => {
        await batcher.nextBatch()
        started.push(index)
      }),
    )
    while (started.length < 70) {
      await nextTurn()
      batches.push(started.length)
    }
    await all
    expect(started).toEqual(Array.from({ length: 70 }, (_, index) => index))
    expect([...new Set(batches)].filter((count) => count > 0)).toEqual([32, 64, 70])
  })

  it('starts requests of several turns together, once a turn has brought no further one', async () => {
    const batcher = createRequestBatcher()
    const events: string[] = []
    const enter = async (name: string) => {
      events.push(`${name} waits`)
      await batcher.nextBatch()
      events.push(`${name} starts`)
    }
    const first = enter('first')
    await nextTurn()
    const second = enter('second')
    await Promise.all([first, second])
    expect(events).toEqual(['first waits', 'second waits', 'first starts', 'second starts'])
  })

  it('starts a full batch although each turn brings a further request', async () => {
    const batcher = createRequestBatcher()
    const all: Promise<void>[] = []
    let started = 0
    while (started === 0) {
      all.push(batcher.nextBatch().then(() => void (started += 1)))
      await nextTurn()
    }
    expect(started).toBe(32)
    await Promise.all(all)
  })

  it('is independent of the batcher of another server', async () => {
    const busy = createRequestBatcher()
    const waiting = Array.from({ length: 96 }, () => busy.nextBatch())
    let isLastStarted = false
    void waiting.at(-1)?.then(() => (isLastStarted = true))
    await createRequestBatcher().nextBatch()
    expect(isLastStarted).toBe(false)
    await Promise.all(waiting)
  })
})
