import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { findSlot } from '../../../src/adapters/state-store/redis-cluster.ts'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import type { RedisConnection } from '../../../src/config/groups/redis-connection.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { eventually } from '../../support/servers/processes.ts'
import { startRedisCluster, type RedisClusterServers } from '../../support/servers/redis-cluster.ts'
import { startSentinelGroup, type SentinelGroup } from '../../support/servers/redis-sentinel.ts'
import { runOn, type RedisServer } from '../../support/servers/redis.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

/** Longest time without a successful write while a primary is replaced, on a busy machine. */
const RECOVERY_MS = 20_000

function openStore(connection: RedisConnection, waitReplicas = 0): Promise<StateStore> {
  return openRedisStore({ connection, waitReplicas, log: SILENT_LOGGER, random: systemRandom })
}

/**
 * Counts while `disturb` runs and until the store works again. Returns the number of confirmed increments,
 * and the final value.
 */
async function countThrough(store: StateStore, key: string, disturb: () => Promise<unknown>) {
  const seen = { confirmed: 0, failed: 0 }
  let isOver = false
  const counting = (async () => {
    while (!isOver)
      await store.increment(key, MINUTE_MS).then(
        () => (seen.confirmed += 1),
        () => sleep(10).then(() => (seen.failed += 1)),
      )
  })()
  await disturb()
  await eventually(() => store.increment(key, MINUTE_MS).then(() => true), RECOVERY_MS)
  isOver = true
  await counting
  // The probe of `eventually` has counted, too.
  const { count } = await store.increment(key, MINUTE_MS)
  return { ...seen, count }
}

describeWith(['redis'], 'the Redis store behind Sentinels', () => {
  let group: SentinelGroup
  beforeAll(async () => void (group = await startSentinelGroup({ replicas: 2 })))
  afterAll(() => group.stop())

  it('follows a fail-over without a restart, and loses no write that a replica has confirmed (SR-140, SR-154)', async () => {
    const store = await openStore(group.connection, 1)
    const before = await group.findPrimary()
    const { confirmed, failed, count } = await countThrough(store, 'counter', () => before.crash())
    expect(failed).toBeGreaterThan(0)
    // A write without a response may have happened; a confirmed one must have.
    expect(count).toBeGreaterThanOrEqual(confirmed + 2)
    expect((await group.findPrimary()).port).not.toBe(before.port)
    await before.restart()
    await store.close()
  })

  it('follows a primary that hangs and is replaced (SR-136, SR-154)', async () => {
    const store = await openStore(group.connection)
    const before = await eventually(() => group.findPrimary())
    await eventually(() => store.set('kept', 'value', MINUTE_MS))
    before.pause()
    await eventually(async () => (await group.findPrimary()).port !== before.port)
    await eventually(() => store.set('kept', 'next', MINUTE_MS), RECOVERY_MS)
    await eventually(() => store.get(['kept']), RECOVERY_MS)
    expect(await store.get(['kept'])).toEqual(['next'])
    // The old primary returns and knows the old value; it is not read.
    before.resume()
    for (let read = 0; read < 20; read += 1) expect(await store.get(['kept'])).toEqual(['next'])
    await store.close()
  })

  it('leaves a primary that was replaced while it still accepts writes (SR-140, SR-154)', async () => {
    const store = await openStore(group.connection)
    const former = await eventually(() => group.findPrimary())
    await eventually(() => group.replacePrimary().then(() => true))
    const primary = await eventually(async () => {
      const found = await group.findPrimary()
      return found.port !== former.port && found
    })
    await eventually(async () => {
      await store.set('written', 'after the switch', MINUTE_MS)
      return (await runOn(primary, (client) => client.get('gw:written'))) === 'after the switch'
    })
    // The Sentinels make it a replica some ten seconds after the switch.
    expect(await runOn(former, (client) => client.info('replication'))).toContain('role:master')
    await store.close()
  })
})

describeWith(['redis'], 'the Redis store in a cluster', () => {
  let cluster: RedisClusterServers
  beforeAll(async () => void (cluster = await startRedisCluster({ replicas: 1 })))
  afterAll(() => cluster.stop())

  /** A key whose slot is on a primary at the start. */
  function keyOn(index: number, name: string): string {
    for (let number = 0; ; number += 1)
      if (Math.floor((findSlot(`gw:${name}-${number}`) * 3) / 16_384) === index) return `${name}-${number}`
  }

  it('serves every key while slots move, and never a wrong value (SR-144)', async () => {
    const store = await openStore(cluster.connection)
    const keys = Array.from({ length: 60 }, (_, index) => `moved-${index}`)
    for (const key of keys) await store.set(key, key, MINUTE_MS)
    const [target = fail()] = cluster.primaries
    const slots = [...new Set(keys.map((key) => findSlot(`gw:${key}`)))]
      .filter((slot) => slot > 5461)
      .slice(0, 8)
    const check = async () => expect(await store.get(keys)).toEqual(keys)
    for (const slot of slots)
      await cluster.moveSlot(slot, target, async () => {
        await check()
        const moving = keys.filter((key) => findSlot(`gw:${key}`) === slot)
        for (const key of moving) {
          expect(await store.compareAndSet(key, key, key, MINUTE_MS)).toBe(true)
          expect(await store.set(`${key}{${key}}`, 'new', MINUTE_MS, { ifAbsent: true })).toBeTypeOf(
            'boolean',
          )
          await store.increment(`count-{${key}}`, MINUTE_MS)
        }
      })
    await check()
    await store.ping()
    await store.close()
  })

  it('confirms writes by the replica of their own node, also after a slot has moved (SR-141)', async () => {
    const store = await openStore(cluster.connection, 1)
    const key = keyOn(2, 'wait')
    await store.set(key, 'before', MINUTE_MS)
    const [, target = fail()] = cluster.primaries
    await cluster.moveSlot(
      findSlot(`gw:${key}`),
      target,
      async () => void (await store.increment('other', MINUTE_MS)),
    )
    expect(await store.set(key, 'after', MINUTE_MS)).toBe(true)
    const replica = cluster.replicas[1] ?? fail()
    replica.pause()
    await expect(store.set(key, 'unconfirmed', MINUTE_MS)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    })
    // Nodes with their replicas are not concerned.
    await eventually(() => store.set(keyOn(0, 'wait'), 'confirmed', MINUTE_MS))
    replica.resume()
    await eventually(() => store.set(key, 'again', MINUTE_MS))
    await store.close()
  })

  it('never fails with NOSCRIPT on any node (SR-145)', async () => {
    const store = await openStore(cluster.connection)
    for (const node of cluster.primaries) await cluster.onNode(node, (client) => client.script('FLUSH'))
    const counts = await Promise.all(
      [0, 1, 2].map((index) => store.increment(keyOn(index, 'script'), MINUTE_MS)),
    )
    expect(counts.map(({ count }) => count)).toEqual([1, 1, 1])
    await store.close()
  })

  it('follows a fail-over of one primary, and serves the others meanwhile (SR-140, SR-154)', async () => {
    const store = await openStore(cluster.connection, 1)
    const [victim = fail()] = cluster.primaries
    const replica = cluster.replicas[0] ?? fail()
    // The old primary returns as the replica that confirms writes of the new one.
    const replace = async () => {
      await victim.crash()
      await eventually(() =>
        cluster.onNode(replica, async (client) => (await client.info('replication')).includes('role:master')),
      )
      await victim.restart()
    }
    const [lost, served] = [keyOn(0, 'fail-over'), keyOn(2, 'fail-over')]
    await store.set(served, 'value', MINUTE_MS)
    let isOver = false
    const others = (async () => {
      while (!isOver)
        expect(await store.get([served]).catch(() => sleep(10).then(() => ['value']))).toEqual(['value'])
    })()
    const { confirmed, failed, count } = await countThrough(store, lost, replace)
    isOver = true
    await others
    expect(failed).toBeGreaterThan(0)
    expect(count).toBeGreaterThanOrEqual(confirmed + 2)
    await eventually(() => store.ping().then(() => true))
    await store.close()
  })
})

function fail(): RedisServer {
  throw new Error('no node')
}
