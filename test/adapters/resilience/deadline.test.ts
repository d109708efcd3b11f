import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { DeadlineError, withDeadline } from '../../../src/adapters/resilience/deadline.ts'

/** Blocks the event loop. */
function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end;);
}

const never = () => new Promise<never>(() => undefined)

describe('a deadline', () => {
  it('rejects work without a result', async () => {
    await expect(withDeadline(never, 20)).rejects.toThrow(DeadlineError)
  })

  it('rejects no work whose result arrives while the event loop is late again and again (SR-134)', async () => {
    const work = async () => {
      // Twice the deadline in turns that each hold the event loop, as many requests at once do.
      for (let turn = 0; turn < 4; turn += 1) {
        block(100)
        await nextTurn()
      }
      return 'result'
    }
    // Timers of a part fire late in each turn, until three times the deadline have passed.
    expect(await withDeadline(work, 200)).toBe('result')
  })

  it('rejects work that hangs under a busy event loop all the same', async () => {
    let isBusy = true
    const load = (async () => {
      while (isBusy) {
        block(60)
        await sleep(1)
      }
    })()
    await expect(withDeadline(never, 100)).rejects.toThrow(DeadlineError)
    isBusy = false
    await load
  })
})
