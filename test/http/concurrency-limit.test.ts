import { describe, expect, it } from 'vitest'
import { createConcurrencyLimit } from '../../src/http/concurrency-limit.ts'

describe('the limit of requests in flight', () => {
  it('admits requests below the maximum only', () => {
    const limit = createConcurrencyLimit(4)
    expect([limit.admits(3), limit.admits(4)]).toEqual([true, false])
  })

  it('halves after a busy interval in which it was reached, down to a sixth of the maximum', () => {
    const limit = createConcurrencyLimit(60)
    const limits = Array.from({ length: 5 }, () => {
      limit.admits(limit.current)
      limit.adapt({ isBusy: true })
      return limit.current
    })
    expect(limits).toEqual([30, 15, 10, 10, 10])
  })

  it('does not fall while no request is rejected', () => {
    const limit = createConcurrencyLimit(60)
    limit.admits(59)
    limit.adapt({ isBusy: true })
    expect(limit.current).toBe(60)
  })

  it('rises by a fortieth of the maximum per interval that is not busy, up to the maximum', () => {
    const limit = createConcurrencyLimit(40)
    limit.admits(40)
    limit.adapt({ isBusy: true })
    const start = limit.current
    for (let interval = 1; interval <= 3; interval += 1) {
      limit.adapt({ isBusy: false })
      expect(limit.current).toBe(start + interval)
    }
    for (let interval = 0; interval < 100; interval += 1) limit.adapt({ isBusy: false })
    expect(limit.current).toBe(40)
  })
})
