import type { RedisConnection } from '../../config/groups/redis-connection.ts'
import type { Random } from '../../core/secrets.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import { createRedisClient } from '../state-store/redis-connection.ts'
import { LocalSubscribers } from './local.ts'
import { parseTopics } from './topics.ts'

/** One channel for all nodes, after the prefix. A message is a JSON list of topics. */
const CHANNEL = 'signals'

/**
 * Pub/sub by Redis. Invalidations that are sent during an outage are lost, and polling compensates for them.
 * Written on `ioredis` because pub/sub libraries for GraphQL deliver payloads, and only topics must leave the
 * process.
 */
export function openRedisPubSub(connection: RedisConnection, random: Random): PubSub {
  const subscribers = new LocalSubscribers()
  const channel = `${connection.prefix}:${CHANNEL}`
  const publisher = createRedisClient(connection, { random })
  // The client subscribes again after each reconnect.
  const subscriber = createRedisClient(connection, { random, subscribes: true })
  for (const client of [publisher, subscriber]) {
    // The state store is on the same server and logs the outage.
    client.on('error', () => undefined)
    client.connect().catch(() => undefined)
  }
  subscriber.subscribe(channel).catch(() => undefined)
  subscriber.on('message', (_channel: string, text: string) => subscribers.publish(parseTopics(text)))
  return {
    pollIntervalMs: 15_000,
    send(topics) {
      if (topics.length > 0)
        publisher.publish(channel, JSON.stringify(topics)).catch(() => subscribers.publish(topics))
    },
    listen: (topic, onInvalidation) => subscribers.listen(topic, onInvalidation),
    async close() {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}
