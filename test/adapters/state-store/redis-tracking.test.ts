import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { openTrackedSessionReader } from '../../../src/adapters/state-store/redis-tracking.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { SessionReader } from '../../../src/ports/session-reader.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { eventually } from '../../support/servers/processes.ts'
import { connectionTo, countCalls, startRedis, type RedisServer } from '../../support/servers/redis.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const RECORD = 'session:{1}'
const BLACKLISTED = 'blacklist:{1}:t'
const KEYS = [RECORD, BLACKLISTED]

describeWith(['redis'], 'session records in memory (SR-248)', () => {
  const cleanups: (() => unknown)[] = []
  let redis: RedisServer
  /** Another node, and an administrator of the server. */
  let other: StateStore
  let admin: Redis
  beforeEach(async () => {
    redis = await startRedis()
    other = await openRedisStore({
      connection: connectionTo(redis.url),
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    admin = new Redis(redis.url, { retryStrategy: () => 50 })
    admin.on('error', () => undefined)
    cleanups.push(
      () => redis.stop(),
      () => other.close(),
      () => admin.disconnect(),
    )
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  })

  /** A reader, with the number of its round trips to the store and the events that it has logged. */
  async function openReader(url = redis.url) {
    const facts = { reads: 0, events: [] as unknown[] }
    const log = { ...SILENT_LOGGER, warn: ({ event }: { event?: unknown }) => void facts.events.push(event) }
    const store = await openRedisStore({
      connection: connectionTo(url),
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    const counted: Pick<StateStore, 'get'> = {
      get: (keys) => {
        if (keys.length > 0) facts.reads += 1
        return store.get(keys)
      },
    }
    const prefixes = ['session:{', 'blacklist:{', 'gen:user:']
    const options = { connection: connectionTo(url), prefixes, ttlMs: MINUTE_MS, random: systemRandom }
    const reader = openTrackedSessionReader({ ...options, store: counted, log })
    cleanups.push(
      () => store.close(),
      () => reader.close(),
    )
    return { reader, facts }
  }

  const read = async (reader: SessionReader) =>
    (await reader.read({ session: KEYS, account: [], others: [] })).session

  /** Waits until the reader returns the keys without a round trip. */
  const remembered = ({ reader, facts }: Awaited<ReturnType<typeof openReader>>) =>
    eventually(async () => {
      const before = facts.reads
      await read(reader)
      return facts.reads === before
    })

  it('are read once, and again after each change by any client', async () => {
    const tracked = await openReader()
    await remembered(tracked)
    const changes: [() => Promise<unknown>, (string | null)[]][] = [
      [() => other.set(RECORD, 'active', MINUTE_MS), ['active', null]],
      [() => other.set(BLACKLISTED, '1', MINUTE_MS), ['active', '1']],
      [() => other.compareAndSet(RECORD, 'active', 'ended', MINUTE_MS), ['ended', '1']],
      [() => other.delete([BLACKLISTED]), ['ended', null]],
      [() => other.set(RECORD, 'short', 50), ['short', null]],
      [() => admin.get('gw:session:{1}'), [null, null]],
      [() => other.set(RECORD, 'again', MINUTE_MS), ['again', null]],
      [() => admin.flushall(), [null, null]],
    ]
    for (const [change, expected] of changes) {
      await change()
      await eventually(async () => JSON.stringify(await read(tracked.reader)) === JSON.stringify(expected))
      await remembered(tracked)
    }
  })

  it('are read beside other keys, which are never kept', async () => {
    const tracked = await openReader()
    await remembered(tracked)
    await other.set('gen:posts', '1', MINUTE_MS)
    const state = await tracked.reader.read({ session: KEYS, account: [], others: ['gen:posts'] })
    await other.set('gen:posts', '2', MINUTE_MS)
    const before = tracked.facts.reads
    expect([await state.others(), await state.others()]).toEqual([['2'], ['2']])
    expect(tracked.facts.reads).toBe(before + 1)
    expect(
      await (await tracked.reader.read({ session: KEYS, account: [], others: ['gen:posts'] })).others(),
    ).toEqual(['2'])
  })

  it('are kept with the generation of the account, and read with all others in one round trip at first', async () => {
    const tracked = await openReader()
    await remembered(tracked)
    await other.set('gen:user:1', 'a', MINUTE_MS)
    await other.set('gen:posts', '1', MINUTE_MS)
    const keys = {
      session: ['session:{2}', 'blacklist:{2}:t'],
      account: ['gen:user:1'],
      others: ['gen:posts'],
    }
    const before = await countCalls(admin, 'mget')
    const state = await tracked.reader.read(keys)
    expect([state.session, await state.account(), await state.others()]).toEqual([[null, null], ['a'], ['1']])
    expect(await countCalls(admin, 'mget')).toBe(before + 1)
    const { reads } = tracked.facts
    const again = await tracked.reader.read(keys)
    expect([again.session, await again.account()]).toEqual([[null, null], ['a']])
    expect(tracked.facts.reads).toBe(reads)
    await other.set('gen:user:1', 'b', MINUTE_MS)
    await eventually(async () => (await (await tracked.reader.read(keys)).account())[0] === 'b')
  })

  it('reject where the state store does, and leave no rejection unhandled', async () => {
    const tracked = await openReader()
    await remembered(tracked)
    await redis.crash()
    const keys = { session: KEYS, account: ['gen:user:1'], others: ['gen:posts'] }
    await eventually(() =>
      tracked.reader.read(keys).then(
        () => false,
        ({ code }: { code?: string }) => code === 'SERVICE_UNAVAILABLE',
      ),
    )
  })

  it('are forgotten when the connection is lost, and tracked again by the next one', async () => {
    const tracked = await openReader()
    await other.set(RECORD, 'active', MINUTE_MS)
    await remembered(tracked)
    await redis.crash()
    await eventually(() =>
      read(tracked.reader).then(
        () => false,
        () => true,
      ),
    )
    await expect(read(tracked.reader)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    await redis.restart()
    await remembered(tracked)
    expect(await read(tracked.reader)).toEqual([null, null])
    await eventually(() => other.set(RECORD, 'new', MINUTE_MS))
    await eventually(async () => (await read(tracked.reader))[0] === 'new')
  })

  it('are not used while the server is silent', async () => {
    const tracked = await openReader()
    await other.set(RECORD, 'active', MINUTE_MS)
    await remembered(tracked)
    redis.pause()
    await eventually(() =>
      read(tracked.reader).then(
        () => false,
        () => true,
      ),
    )
    await expect(read(tracked.reader)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    redis.resume()
    await remembered(tracked)
  })

  it('are not kept where the server refuses to report changes, which is logged', async () => {
    await admin.call('ACL', ['SETUSER', 'gateway', 'on', '>secret', '~*', '&*', '+@all', '-client|tracking'])
    const { reader, facts } = await openReader(redis.url.replace('//', '//gateway:secret@'))
    await eventually(async () => facts.events.includes('redis.tracking_failed'))
    await read(reader)
    await read(reader)
    expect(facts.reads).toBe(2)
  })
})
