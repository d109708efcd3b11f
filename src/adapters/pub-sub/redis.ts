import { Redis } from 'ioredis'
import type { Random } from '../../core/secrets.ts'
import type { PubSub } from '../../ports/pub-sub.ts'
import { LocalSubscribers } from './local.ts'
import { parseTopics } from './topics.ts'

/** One channel for all nodes. A message is a JSON list of topics. */
const CHANNEL = 'gw:signals'

/**
 * Pub/sub by Redis. Invalidations that are sent during an outage are lost, and polling compensates for them.
 * Written on `ioredis` because pub/sub libraries for GraphQL deliver payloads, and only topics must leave the
 * process.
 */
export function openRedisPubSub(url: string, random: Random): PubSub {
  const subscribers = new LocalSubscribers()
  const options = {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 200 + random.integer(300),
  }
  const publisher = new Redis(url, { ...options, enableOfflineQueue: false })
  // The client subscribes again after each reconnect.
  const subscriber = new Redis(url, { ...options, autoResubscribe: true })
  for (const connection of [publisher, subscriber]) {
    // The state store is on the same server and logs the outage.
    connection.on('error', () => undefined)
    connection.connect().catch(() => undefined)
  }
  subscriber.subscribe(CHANNEL).catch(() => undefined)
  subscriber.on('message', (_channel, text) => subscribers.publish(parseTopics(text)))
  return {
    pollIntervalMs: 15_000,
    send(topics) {
      if (topics.length > 0)
        publisher.publish(CHANNEL, JSON.stringify(topics)).catch(() => subscribers.publish(topics))
    },
    listen: (topic, onInvalidation) => subscribers.listen(topic, onInvalidation),
    async close() {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}
