import { describe, expect, it } from 'vitest'
import { measureCore } from '../support/measure-core.ts'

describe('the core of the client', () => {
  it('has at most 4 KB, minified and gzipped', async () => {
    const { bytes, limit } = await measureCore()
    expect(bytes).toBeLessThanOrEqual(limit)
    // A bundle that lost its parts would be small, too.
    expect(bytes).toBeGreaterThan(limit / 2)
  })
})
