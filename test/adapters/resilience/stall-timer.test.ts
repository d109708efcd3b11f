import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createStallTimer } from '../../../src/adapters/resilience/stall-timer.ts'

/** Blocks the event loop. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

describe('a stall timer', () => {
  it('is not set off by a blocked event loop if a result has arrived meanwhile', async () => {
    const events: string[] = []
    const timer = createStallTimer(() => void events.push('stalled'), 50)
    timer.restart()
    // Its callback runs in the turn of the event loop after the block, as that of a result does.
    setImmediate(() => {
      block(200)
      setImmediate(() => {
        events.push('result')
        timer.stop()
      })
    })
    await sleep(300)
    expect(events).toEqual(['result'])
  })

  it('calls back once when nothing restarts it, and not after it was stopped', async () => {
    let stalls = 0
    const timer = createStallTimer(() => (stalls += 1), 10)
    timer.restart()
    timer.restart()
    await sleep(100)
    expect(stalls).toBe(1)
    timer.restart()
    timer.stop()
    await sleep(100)
    expect(stalls).toBe(1)
  })
})
