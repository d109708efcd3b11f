import { describe, expect, it } from 'vitest'
import { createPasswordHashing } from '../../../src/adapters/passwords/argon2-hasher.ts'
import { HashPermits } from '../../../src/adapters/passwords/hash-permits.ts'
import { systemRandom } from '../../../src/core/secrets.ts'

describe('permits to hash', () => {
  it('are granted in order of arrival, as many as there are', () => {
    const permits = new HashPermits(2)
    const granted: string[] = []
    const [first, second, third, fourth] = ['first', 'second', 'third', 'fourth'].map((name) =>
      permits.request(() => void granted.push(name)),
    )
    expect([granted, permits.granted]).toEqual([['first', 'second'], 2])
    // The end of a wait, such as of a worker that has ended, makes no place.
    third?.()
    expect(granted).toEqual(['first', 'second'])
    first?.()
    first?.()
    expect([granted, permits.granted]).toEqual([['first', 'second', 'fourth'], 2])
    second?.()
    fourth?.()
    expect(permits.granted).toBe(0)
  })

  it('can become more, and fewer as they are returned', () => {
    const permits = new HashPermits(1)
    let granted = 0
    const returns = Array.from({ length: 6 }, () => permits.request(() => void (granted += 1)))
    permits.resize(3)
    expect(granted).toBe(3)
    permits.resize(1)
    returns[0]?.()
    returns[1]?.()
    expect(granted).toBe(3)
    returns[2]?.()
    expect([granted, permits.granted]).toEqual([4, 1])
  })
})

describe('password hashing that processes share', () => {
  const cost = { memoryKib: 7168, passes: 5, lanes: 1 }

  it('waits for a permit before each hash, and admits its part of the queue', async () => {
    const grants: (() => void)[] = []
    let running = 0
    const permits = {
      async run<Result>(work: () => Promise<Result>): Promise<Result> {
        await new Promise<void>((resolve) => grants.push(resolve))
        running += 1
        return work()
      },
    }
    const capacity = { concurrency: 2, queue: 4, maxRequests: 50 }
    const shared = { permits, processes: 2 }
    const hashing = createPasswordHashing({ cost, ...capacity, shared }, systemRandom)
    const hash = () => hashing.reserve((hasher) => hasher.hash('a quiet harbour at dawn'))
    const hashes = [hash(), hash(), hash()]
    await expect(hash()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect([grants.length, running]).toEqual([3, 0])
    for (const grant of grants) grant()
    expect(await Promise.all(hashes)).toHaveLength(3)
    await hashing.close()
  })
})
