import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createPasswordHashing } from '../../../src/adapters/passwords/argon2-hasher.ts'
import { AuthError } from '../../../src/core/errors.ts'
import { parsePasswordCost, createDecoyHash, isStrongEnough } from '../../../src/core/password-cost.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { PasswordHasher, PasswordHashing } from '../../../src/ports/password-hasher.ts'

const LEAST = { memoryKib: 7168, passes: 5, lanes: 1 }
const CAPACITY = { concurrency: 1, queue: 100, maxRequests: 50 }
const passwords = createPasswordHashing({ cost: LEAST, ...CAPACITY }, systemRandom)
afterAll(() => passwords.close())
const hash = (password: string, by = passwords) => by.reserve((hasher) => hasher.hash(password))
const matches = (stored: string | null, password: string, by = passwords) =>
  by.reserve((hasher) => hasher.matches(stored, password))

describe('password hashes', () => {
  it('are argon2id with the configured cost and a random 128-bit salt (SR-007)', async () => {
    const [one, other] = [await hash('the same password'), await hash('the same password')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one.split('$')[4]).not.toBe(other.split('$')[4])
    expect([await matches(one, 'the same password'), await matches(other, 'the same password')]).toEqual([
      true,
      true,
    ])
  })

  it('distinguish passwords by every difference: after byte 72, in case, spaces and Unicode normalization (SR-003, SR-006)', async () => {
    const long = 'x'.repeat(72)
    const pairs = [
      [`${long}a`, `${long}b`],
      [' padded ', 'padded'],
      ['Case', 'case'],
      ['caf\u00e9', 'cafe\u0301'],
      ['\u{1F511}', '\u{1F512}'],
    ] as const
    for (const [one, other] of pairs) {
      const stored = await hash(one)
      expect([one, await matches(stored, one), await matches(stored, other)]).toEqual([one, true, false])
    }
  })

  it('of another cost still verify, and are reported as outdated (SR-008)', async () => {
    const raised = createPasswordHashing(
      { cost: { memoryKib: 19_456, passes: 2, lanes: 1 }, ...CAPACITY },
      systemRandom,
    )
    const stored = await hash('kept for years')
    expect(await matches(stored, 'kept for years', raised)).toBe(true)
    expect([passwords.isCurrent(stored), raised.isCurrent(stored)]).toEqual([true, false])
    expect(raised.isCurrent(await hash('kept for years', raised))).toBe(true)
    expect(parsePasswordCost('$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA')).toBeNull()
  })

  it('without an account are a decoy of the current cost, which matches no password (SR-077)', async () => {
    const decoy = createDecoyHash(LEAST, systemRandom)
    const real = await hash('any')
    expect(decoy.replace(/[^$]+\$[^$]+$/, '')).toBe(real.replace(/[^$]+\$[^$]+$/, ''))
    expect(decoy).toHaveLength(real.length)
    for (const password of ['', 'any', decoy]) expect(await matches(null, password)).toBe(false)
  })

  it.each([
    [47_104, 1, true],
    [19_456, 2, true],
    [12_288, 3, true],
    [9216, 4, true],
    [7168, 5, true],
    [19_456, 10, true],
    [47_103, 1, false],
    [19_455, 2, false],
    [12_287, 3, false],
    [9215, 4, false],
    [7167, 100, false],
  ])('of %i KiB and %i passes are strong enough: %s (SR-007)', (memoryKib, passes, expected) => {
    expect(isStrongEnough({ memoryKib, passes })).toBe(expected)
  })
})

/** Threads of this process whose `nice` value is 10 (proc_pid_stat(5), field 19). */
function listLowPriorityThreads(): string[] {
  return readdirSync('/proc/self/task').filter((thread) => {
    const fieldsFromThird = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')
    return fieldsFromThird?.[16] === '10'
  })
}

describe('hashing', () => {
  /** Occupies the capacity of some requests until `release` is called. */
  function occupy(by: PasswordHashing, requests: number) {
    let release = () => {}
    const released = new Promise<void>((resolve) => (release = resolve))
    const work = Array.from({ length: requests }, () => by.reserve(() => released))
    return { release, done: Promise.all(work) }
  }
  const tryHash = async (by: PasswordHashing) =>
    by
      .reserve(async (hasher: PasswordHasher) => hasher.hash('x'))
      .then(
        () => null,
        (error: unknown) => (error instanceof AuthError ? [error.code, error.facts.retryAfter] : error),
      )

  it('rejects requests above its capacity without starting their work, until capacity is free (SR-010)', async () => {
    const small = createPasswordHashing(
      { cost: LEAST, concurrency: 2, queue: 3, maxRequests: 50 },
      systemRandom,
    )
    const { release, done } = occupy(small, 5)
    let isStarted = false
    const next = small.reserve(async () => void (isStarted = true)).catch((error: AuthError) => error.code)
    const soon = new Promise((resolve) => setImmediate(() => resolve('waiting')))
    expect(await Promise.race([next, soon])).toBe('SERVICE_UNAVAILABLE')
    expect(isStarted).toBe(false)
    expect(await tryHash(small)).toEqual(['SERVICE_UNAVAILABLE', 1])
    release()
    await done
    expect(await tryHash(small)).toBeNull()
  })

  it.each([
    ['as many as are served in a second', { concurrency: 1, queue: null, maxRequests: 100 }, 1 + 54],
    ['at most the maximum of requests', { concurrency: 8, queue: null, maxRequests: 50 }, 50],
    ['at least one', { concurrency: 8, queue: null, maxRequests: 2 }, 9],
    ['the configured number', { concurrency: 2, queue: 70, maxRequests: 50 }, 72],
  ])('queues %s (SR-010, SR-167)', async (_, options, capacity) => {
    const some = createPasswordHashing({ cost: LEAST, ...options }, systemRandom)
    const { release, done } = occupy(some, capacity)
    expect(await tryHash(some)).toEqual(['SERVICE_UNAVAILABLE', 1])
    release()
    await done
  })

  it('frees capacity when the work fails (SR-010)', async () => {
    const small = createPasswordHashing(
      { cost: LEAST, concurrency: 1, queue: 0, maxRequests: 50 },
      systemRandom,
    )
    const failing = () => Promise.reject(new Error('on purpose'))
    for (let round = 0; round < 3; round += 1)
      await expect(small.reserve(failing)).rejects.toThrow('on purpose')
    expect(await tryHash(small)).toBeNull()
  })

  it.runIf(process.platform === 'linux')(
    'runs in separate low-priority threads that start with the first password (SR-167)',
    async () => {
      const before = listLowPriorityThreads()
      const added = () => listLowPriorityThreads().filter((thread) => !before.includes(thread))
      const pool = createPasswordHashing(
        { cost: LEAST, concurrency: 2, queue: 10, maxRequests: 50 },
        systemRandom,
      )
      expect(added()).toHaveLength(0)
      await Promise.all(Array.from({ length: 8 }, () => hash('any', pool)))
      expect(added()).toHaveLength(2)
      await pool.close()
      // Linux lists a thread for a moment after its end was reported (pthread_join(3)).
      await expect.poll(added).toHaveLength(0)
    },
  )

  it('uses memory for concurrent hashes only, not for queued ones (SR-010)', async () => {
    const MIB = 1024 * 1024
    const large = { memoryKib: 64 * 1024, passes: 1, lanes: 1 }
    const one = createPasswordHashing(
      { cost: large, concurrency: 1, queue: 100, maxRequests: 50 },
      systemRandom,
    )
    await hash('warm', one)
    const before = process.memoryUsage.rss()
    let peak = before
    const sampling = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 2)
    await Promise.all(Array.from({ length: 40 }, () => hash('one of many', one)))
    clearInterval(sampling)
    // Four concurrent threads would use four times as much.
    expect((peak - before) / MIB).toBeLessThan(64 * 2 + 32)
  })
})
