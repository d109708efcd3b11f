import { describe, expect, it } from 'vitest'
import { openCacheReads, type CacheLevel } from '../support/cache-reads.ts'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { findViolations, type Fact } from '../support/consistency/history.ts'
import { createSeededRandom } from '../support/consistency/seeded-random.ts'
import { ROLE_NAMES, Workload, type Person } from '../support/consistency/workload.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { UNLIMITED } from './password-steps.ts'

/** Shortest duration of the workload on each combination of stores, in milliseconds. */
const DURATION_MS = 5000
const SETTINGS = {
  ...UNLIMITED,
  ROLES: ['USER', 'ADMIN', ...ROLE_NAMES].join(','),
  CACHE_ACCOUNT_SECONDS: '3600',
  CACHE_POSTS_SECONDS: '300',
  CACHE_RESPONSE_SECONDS: '60',
  CACHE_SESSION_SECONDS: '1800',
}

async function waitForHits(readHits: (level: CacheLevel) => Promise<number>): Promise<void> {
  for (const level of ['accounts', 'posts', 'responses'] as const)
    await expect.poll(() => readHits(level), { message: `hits of ${level}` }).toBeGreaterThan(0)
}

async function signUpMany(gateway: TestGateway, count: number): Promise<Person[]> {
  const people: Person[] = []
  while (people.length < count) {
    const { user, accessToken } = await gateway.signUp()
    people.push({ userId: user.id, token: accessToken })
  }
  return people
}

describeOn(BACKENDS, 'every cache level', (backend) => {
  it('shows no value older than a write that ended before, on any node, to any caller (SR-231, SR-232)', async () => {
    const seed = Number(process.env['CONSISTENCY_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
    console.log(`seed of the workload on ${backend.name}: CONSISTENCY_SEED=${seed}`)
    const gateway = await startGateway(backend, SETTINGS)
    const readHits = await openCacheReads(gateway)
    const nodes = backend.store === 'memory' ? [gateway] : [gateway, await gateway.sibling()]
    const cast = {
      nodes,
      members: await signUpMany(gateway, 4),
      authors: await signUpMany(gateway, 2),
      leavers: await signUpMany(gateway, 2),
    }
    const workload = new Workload(cast, createSeededRandom(seed))
    const end = Date.now() + DURATION_MS
    const { reads, writes } = workload.history
    // The caches are in use while the writes happen: the workload lasts until each level had a value.
    let areCachesUsed = false
    await Promise.all([
      workload.run(() => areCachesUsed && Date.now() > end && reads.length > 300 && writes.length > 40),
      waitForHits(readHits).finally(() => (areCachesUsed = true)),
    ])

    expect(findViolations(workload.history)).toEqual([])
    for (const node of nodes.toReversed()) await node.close()
  })
})

describe('the checker of histories', () => {
  const project = (value: unknown) => (value === null ? 'absent' : (value as { title: string }).title)
  const saw = (seen: string): Fact[] => [{ object: 'post', seen, project }]
  const writes = [
    { object: 'post', value: { title: 'a' }, start: 1, end: 2 },
    { object: 'post', value: { title: 'b' }, start: 5, end: 8 },
    { object: 'post', value: null, start: 11, end: Infinity },
  ]
  const check = (start: number, end: number, seen: string) =>
    findViolations({ writes, reads: [{ name: 'read', start, end, facts: saw(seen) }] }).length

  it('accepts the last finished write and those in progress', () => {
    expect([check(3, 4, 'a'), check(6, 7, 'a'), check(6, 7, 'b'), check(9, 10, 'b')]).toEqual([0, 0, 0, 0])
    expect([check(12, 13, 'b'), check(12, 13, 'absent')]).toEqual([0, 0])
  })

  it('finds a value that an earlier write replaced, one that is missing, and one from the future', () => {
    expect([check(9, 10, 'a'), check(3, 4, 'absent'), check(3, 4, 'b'), check(9, 10, 'absent')]).toEqual([
      1, 1, 1, 1,
    ])
  })
})
