import { expect, it } from 'vitest'
import { retryUntilTimeout } from '../../../src/adapters/resilience/retry.ts'
import { systemRandom } from '../../../src/core/secrets.ts'

const busy = new Error('busy')
const options = {
  isRetryable: (error: unknown) => error === busy,
  timeoutMs: 10_000,
  pauses: { min: 1, max: 2 },
  random: systemRandom,
}

/** Work that rejects with each of the errors before it succeeds. */
function failWith(...errors: readonly Error[]) {
  const state = { attempts: 0 }
  const work = () => {
    const error = errors[state.attempts]
    state.attempts += 1
    return error ? Promise.reject(error) : Promise.resolve('result')
  }
  return { work, state }
}

it('work is retried until it succeeds', async () => {
  const { work, state } = failWith(busy, busy, busy)
  expect(await retryUntilTimeout(work, options)).toBe('result')
  expect(state.attempts).toBe(4)
})

it('an error that is not retryable rejects at once', async () => {
  const { work, state } = failWith(busy, new Error('other'), busy)
  await expect(retryUntilTimeout(work, options)).rejects.toThrow('other')
  expect(state.attempts).toBe(2)
})

it('the last error rejects after the timeout', async () => {
  const always = Array.from({ length: 1000 }, () => busy)
  const { work, state } = failWith(...always)
  await expect(retryUntilTimeout(work, { ...options, timeoutMs: 50 })).rejects.toBe(busy)
  expect(state.attempts).toBeGreaterThan(1)
  expect(state.attempts).toBeLessThan(always.length)
})
