import { Cluster } from 'ioredis'
import type { StateStoreConfig } from '../../config/groups/store.ts'
import type { Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { connectRedis, createRedisClient } from './redis-connection.ts'

/** Maximum time for the response, in milliseconds. */
const TIMEOUT_MS = 2000

/**
 * Milliseconds by which the clock of Redis is ahead, exact to half a round trip: of a cluster, that of one
 * primary. Null for a store without a clock of its own.
 */
export async function measureStoreOffset(
  config: StateStoreConfig,
  local: Clock,
  random: Random,
): Promise<number | null> {
  if (config.kind !== 'redis') return null
  const client = createRedisClient(config.connection, { random, isBrief: true })
  client.on('error', () => undefined)
  try {
    await connectRedis(client)
    const [server] = client instanceof Cluster ? client.nodes('master') : [client]
    if (!server) throw new Error('no node of the cluster is known')
    const [sentAt, started] = [local(), performance.now()]
    const [seconds, microseconds] = await withDeadline(() => server.time(), TIMEOUT_MS)
    const roundTrip = performance.now() - started
    return Math.round(Number(seconds) * 1000 + Number(microseconds) / 1000 - sentAt - roundTrip / 2)
  } finally {
    client.disconnect()
  }
}
