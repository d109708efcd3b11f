import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openRedisStore } from '../../../src/adapters/state-store/redis.ts'
import type { RedisConnection } from '../../../src/config/groups/redis-connection.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { REDIS_SHAPES } from '../../support/servers/redis-shapes.ts'
import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { stateStoreContract } from './contract/state-store.ts'

describeWith(['redis'], 'the Redis store keeps the contract (SR-150)', () => {
  for (const { name, start } of REDIS_SHAPES)
    describe(name, () => {
      const installation = start()
      afterAll(async () => (await installation).stop())
      let prefixes = 0
      stateStoreContract(async () => {
        const connection: RedisConnection = {
          ...(await installation).connection,
          prefix: `contract${(prefixes += 1)}`,
        }
        const store = await openRedisStore({ connection, log: SILENT_LOGGER, random: systemRandom })
        return { store, passTime: async (ms) => void (await sleep(ms)), close: () => store.close() }
      })

      it('shares its keys with another node, and not with another prefix (SR-266)', async () => {
        const { connection } = await installation
        const open = (prefix: string) =>
          openRedisStore({ connection: { ...connection, prefix }, log: SILENT_LOGGER, random: systemRandom })
        const [one, node, other, longer] = await Promise.all(
          ['contract', 'contract', 'contract-b', 'contract.c'].map(open),
        )
        if (!one || !node || !other || !longer) throw new Error('not opened')
        const keys = Array.from({ length: 20 }, (_, index) => `shared-${index}`)
        for (const key of keys) await one.set(key, key, 60_000)
        expect(await node.get(keys)).toEqual(keys)
        for (const stranger of [other, longer]) expect(await stranger.get(keys)).toEqual(keys.map(() => null))
        await other.delete(keys)
        expect(await node.get(keys)).toEqual(keys)
        for (const store of [one, node, other, longer]) await store.close()
      })
    })
})
