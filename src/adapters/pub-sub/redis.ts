import { Redis } from 'ioredis'
import { z } from 'zod'
import type { PubSub } from '../../ports/pub-sub.ts'
import { LocalSubscribers } from './local.ts'

/** One channel for all nodes; a message is a JSON list of topics. */
const CHANNEL = 'gw:signals'
const message = z.array(z.string())

/** Hints by Redis publish/subscribe. What is sent while Redis is away is lost, which the slower look makes good. */
export function openRedisPubSub(url: string): PubSub {
  const hints = new LocalSubscribers()
  const options = {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 200 + Math.random() * 300,
  }
  const publisher = new Redis(url, { ...options, enableOfflineQueue: false })
  // A subscription is made again by the client whenever the connection is.
  const subscriber = new Redis(url, { ...options, autoResubscribe: true })
  for (const connection of [publisher, subscriber]) {
    // The state store, on the same server, tells the log.
    connection.on('error', () => undefined)
    connection.connect().catch(() => undefined)
  }
  subscriber.subscribe(CHANNEL).catch(() => undefined)
  subscriber.on('message', (_channel, text) => hints.tell(parseTopics(text)))
  return {
    pollIntervalMs: 15_000,
    send(topics) {
      if (topics.length > 0)
        publisher.publish(CHANNEL, JSON.stringify(topics)).catch(() => hints.tell(topics))
    },
    listen: (topic, onInvalidation) => hints.listen(topic, onInvalidation),
    async close() {
      publisher.disconnect()
      subscriber.disconnect()
    },
  }
}

/** The topics of a message from outside; none when it is not one of ours. */
export function parseTopics(text: string): readonly string[] {
  try {
    return message.parse(JSON.parse(text))
  } catch {
    return []
  }
}
