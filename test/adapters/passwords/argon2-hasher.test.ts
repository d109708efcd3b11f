import { readFileSync, readdirSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { createPasswords } from '../../../src/adapters/passwords/argon2-hasher.ts'
import { AuthError } from '../../../src/core/errors.ts'
import { costOf, decoyHash, isStrongEnough } from '../../../src/core/password-cost.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { PasswordHasher, Passwords } from '../../../src/ports/password-hasher.ts'

const LEAST = { memoryKib: 7168, passes: 5, lanes: 1 }
const room = { concurrency: 1, queue: 100, places: 50 }
const passwords = createPasswords({ cost: LEAST, ...room }, systemRandom)
afterAll(() => passwords.close())
const hash = (password: string, by = passwords) => by.reserve((hasher) => hasher.hash(password))
const matches = (stored: string | null, password: string, by = passwords) =>
  by.reserve((hasher) => hasher.matches(stored, password))

describe('password hashes', () => {
  it('are argon2id of the cost that was asked for, with a salt of 128 bits of their own (7)', async () => {
    const [one, other] = [await hash('the same password'), await hash('the same password')]
    expect(one).toMatch(/^\$argon2id\$v=19\$m=7168,t=5,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one.split('$')[4]).not.toBe(other.split('$')[4])
    expect([await matches(one, 'the same password'), await matches(other, 'the same password')]).toEqual([
      true,
      true,
    ])
  })

  it('tell passwords apart wherever they differ: past byte 72, in case, in spaces, in how é is written (3, 6)', async () => {
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

  it('of another cost still verify, and are known by it (8)', async () => {
    const raised = createPasswords(
      { cost: { memoryKib: 19_456, passes: 2, lanes: 1 }, ...room },
      systemRandom,
    )
    const stored = await hash('kept for years')
    expect(await matches(stored, 'kept for years', raised)).toBe(true)
    expect([passwords.isCurrent(stored), raised.isCurrent(stored)]).toEqual([true, false])
    expect(raised.isCurrent(await hash('kept for years', raised))).toBe(true)
    expect(costOf('$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA')).toBeNull()
  })

  it('without an account are a decoy of today’s cost, which no password meets (77)', async () => {
    const decoy = decoyHash(LEAST, systemRandom)
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
  ])('of %i KiB and %i passes: strong enough is %s (7)', (memoryKib, passes, expected) => {
    expect(isStrongEnough({ memoryKib, passes })).toBe(expected)
  })
})

/** Threads of this process whose `nice` value is 10 (proc_pid_stat(5), field 19). */
function threadsThatStepBack(): string[] {
  return readdirSync('/proc/self/task').filter((thread) => {
    const fieldsFromThird = readFileSync(`/proc/self/task/${thread}/stat`, 'utf8').split(') ')[1]?.split(' ')
    return fieldsFromThird?.[16] === '10'
  })
}

describe('hashing', () => {
  /** Takes places and holds them until it is told to let go. */
  function hold(by: Passwords, places: number) {
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const holders = Array.from({ length: places }, () => by.reserve(() => held))
    return { letGo, done: Promise.all(holders) }
  }
  const refusal = async (by: Passwords) =>
    by
      .reserve(async (hasher: PasswordHasher) => hasher.hash('x'))
      .then(
        () => null,
        (error: unknown) => (error instanceof AuthError ? [error.code, error.facts.retryAfter] : error),
      )

  it('has a place for so many and refuses the next before any of its work, until one is free (10)', async () => {
    const small = createPasswords({ cost: LEAST, concurrency: 2, queue: 3, places: 50 }, systemRandom)
    const { letGo, done } = hold(small, 5)
    let begun = false
    const next = small.reserve(async () => void (begun = true)).catch((error: AuthError) => error.code)
    const soon = new Promise((resolve) => setImmediate(() => resolve('it waits')))
    expect(await Promise.race([next, soon])).toBe('SERVICE_UNAVAILABLE')
    expect(begun).toBe(false)
    expect(await refusal(small)).toEqual(['SERVICE_UNAVAILABLE', 1])
    letGo()
    await done
    expect(await refusal(small)).toBeNull()
  })

  it.each([
    ['as many as a second serves', { concurrency: 1, queue: null, places: 100 }, 1 + 54],
    ['no more than there are places', { concurrency: 8, queue: null, places: 50 }, 50],
    ['one at least', { concurrency: 8, queue: null, places: 2 }, 9],
    ['what was asked for', { concurrency: 2, queue: 70, places: 50 }, 72],
  ])('lets wait by default %s (10, 167)', async (_, options, places) => {
    const some = createPasswords({ cost: LEAST, ...options }, systemRandom)
    const { letGo, done } = hold(some, places)
    expect(await refusal(some)).toEqual(['SERVICE_UNAVAILABLE', 1])
    letGo()
    await done
  })

  it('gives a place back when the work fails (10)', async () => {
    const small = createPasswords({ cost: LEAST, concurrency: 1, queue: 0, places: 50 }, systemRandom)
    const failing = () => Promise.reject(new Error('on purpose'))
    for (let round = 0; round < 3; round += 1)
      await expect(small.reserve(failing)).rejects.toThrow('on purpose')
    expect(await refusal(small)).toBeNull()
  })

  it.runIf(process.platform === 'linux')(
    'steps back, in threads of its own that start with the first password, behind what else runs (167)',
    async () => {
      const before = threadsThatStepBack()
      const added = () => threadsThatStepBack().filter((thread) => !before.includes(thread))
      const pool = createPasswords({ cost: LEAST, concurrency: 2, queue: 10, places: 50 }, systemRandom)
      expect(added()).toHaveLength(0)
      await Promise.all(Array.from({ length: 8 }, () => hash('any', pool)))
      expect(added()).toHaveLength(2)
      await pool.close()
      expect(added()).toHaveLength(0)
    },
  )

  it('fills the memory of as many hashes as run at a time, however many wait (10)', async () => {
    const MIB = 1024 * 1024
    const large = { memoryKib: 64 * 1024, passes: 1, lanes: 1 }
    const one = createPasswords({ cost: large, concurrency: 1, queue: 100, places: 50 }, systemRandom)
    await hash('warm', one)
    const before = process.memoryUsage.rss()
    let most = before
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 2)
    await Promise.all(Array.from({ length: 40 }, () => hash('one of many', one)))
    clearInterval(watch)
    // Four threads at a time would fill four times as much.
    expect((most - before) / MIB).toBeLessThan(64 * 2 + 32)
  })
})
