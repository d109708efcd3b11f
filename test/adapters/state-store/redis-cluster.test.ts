import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRedisPubSub } from '../../../src/adapters/pub-sub/redis.ts'
import { findSlot } from '../../../src/adapters/state-store/redis-cluster.ts'
import { openTrackedSessionReader } from '../../../src/adapters/state-store/redis-tracking.ts'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import { MINUTE_MS } from '../../../src/core/duration.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import type { StateStore } from '../../../src/ports/state-store.ts'
import { createChoices, type Choices } from '../../process/history/random.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { eventually } from '../../support/servers/processes.ts'
import { startRedisCluster, type RedisClusterServers } from '../../support/servers/redis-cluster.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'

const SOAK_MS = 3000

describeWith(['redis'], 'a Redis Cluster', () => {
  const cleanups: (() => unknown)[] = []
  let cluster: RedisClusterServers
  let store: StateStore
  beforeAll(async () => {
    cluster = await startRedisCluster()
    store = await openRedisStore({ connection: cluster.connection, log: SILENT_LOGGER, random: systemRandom })
    cleanups.push(
      () => cluster.stop(),
      () => store.close(),
    )
  })
  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup()
  })

  it('carries invalidations to every node of the gateway, also after the loss of the connection', async () => {
    const [one, other] = [0, 1].map(() => openRedisPubSub(cluster.connection, systemRandom))
    if (!one || !other) throw new Error('not opened')
    cleanups.push(
      () => one.close(),
      () => other.close(),
    )
    const heard: string[] = []
    other.listen('topic', () => heard.push('topic'))
    const isHeard = async () => {
      heard.length = 0
      one.send(['topic'])
      await sleep(50)
      return heard.length > 0
    }
    await eventually(isHeard)
    for (const node of cluster.primaries)
      await cluster.onNode(node, (client) => client.call('CLIENT', ['KILL', 'TYPE', 'pubsub']))
    await eventually(isHeard)
  })

  it('reports changes of session records and accounts on the node of each, also after their slot has moved (SR-248)', async () => {
    let reads = 0
    const counted: Pick<StateStore, 'get'> = {
      get: (keys) => {
        reads += 1
        return store.get(keys)
      },
    }
    const options = {
      connection: cluster.connection,
      prefixes: ['session:{', 'blacklist:{', 'gen:user:'],
      ttlMs: MINUTE_MS,
    }
    const reader = openTrackedSessionReader({
      ...options,
      store: counted,
      log: SILENT_LOGGER,
      random: systemRandom,
    })
    cleanups.push(() => reader.close())
    const ids = [0, 1, 2].map((part) => findId(part))
    const read = async (id: string) =>
      reader.read({
        session: [`session:{${id}}`, `blacklist:{${id}}:t`],
        account: [`gen:user:${id}`],
        others: [],
      })
    const readRecord = async (id: string) => (await read(id)).session[0]
    const readAccount = async (id: string) => (await (await read(id)).account())[0]
    for (const value of ['first', 'next'])
      for (const id of ids) {
        await store.set(`session:{${id}}`, value, MINUTE_MS)
        await store.set(`gen:user:${id}`, value, MINUTE_MS)
        await eventually(async () => (await readRecord(id)) === value && (await readAccount(id)) === value)
      }
    const [moved = ''] = ids
    const target = cluster.primaries[2]
    if (!target) throw new Error('no node')
    await cluster.moveSlot(findSlot(`gw:session:{${moved}}`), target)
    await store.set(`session:{${moved}}`, 'moved', MINUTE_MS)
    await eventually(async () => (await readRecord(moved)) === 'moved')
    await store.set(`session:{${moved}}`, 'ended', MINUTE_MS)
    await eventually(async () => (await readRecord(moved)) === 'ended')
    expect(reads).toBeGreaterThan(0)
  })

  it('never returns the response for another key, through killed connections, pauses and moving slots (SR-139)', async () => {
    const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 32))
    const keys = Array.from({ length: 60 }, (_, index) => `soak-${index}`)
    for (const key of keys) await eventually(() => store.set(key, `the value of ${key}`, MINUTE_MS))
    const until = performance.now() + SOAK_MS
    const seen = { correct: 0, unavailable: 0, wrong: [] as unknown[] }

    async function read(choices: Choices): Promise<void> {
      const requested = Array.from({ length: 3 }, () => choices.pick(keys) ?? '')
      const response = await store.get(requested).catch((error: { code?: string }) => error.code)
      if (response === 'SERVICE_UNAVAILABLE') seen.unavailable += 1
      else if (JSON.stringify(response) === JSON.stringify(requested.map((key) => `the value of ${key}`)))
        seen.correct += 1
      else seen.wrong.push({ requested, response })
      await sleep(response === 'SERVICE_UNAVAILABLE' ? 5 : 0)
    }

    async function disturb(choices: Choices): Promise<void> {
      await sleep(choices.between(50, 300))
      const [node, target] = [choices.pick(cluster.primaries), choices.pick(cluster.primaries)]
      if (!node || !target) throw new Error('no node')
      if (choices.chance(0.4))
        return void (await cluster.onNode(node, (client) =>
          client.call('CLIENT', ['KILL', 'TYPE', 'normal', 'SKIPME', 'yes']),
        ))
      if (choices.chance(0.5))
        return cluster.moveSlot(findSlot(`gw:${choices.pick(keys)}`), target).catch(() => undefined)
      node.pause()
      await sleep(choices.between(320, 500))
      node.resume()
    }

    await Promise.all(
      [disturb, ...Array<typeof read>(20).fill(read)].map(async (step, index) => {
        const choices = createChoices(seed + index)
        while (performance.now() < until) await step(choices)
      }),
    )
    expect(seen.wrong, `SOAK_SEED=${seed}`).toEqual([])
    expect(seen.correct, `SOAK_SEED=${seed}`).toBeGreaterThan(50)
  })
})

/** An id whose record is on a primary at the start. */
function findId(part: number): string {
  for (let number = 0; ; number += 1)
    if (Math.floor((findSlot(`gw:session:{id-${number}}`) * 3) / 16_384) === part) return `id-${number}`
}
