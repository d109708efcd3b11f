import { EventEmitter } from 'node:events'
import type { PubSub } from '../../ports/pub-sub.ts'

/** The subscribers of this process. Every adapter publishes the invalidations that it receives to them. */
export class LocalSubscribers {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  publish(topics: readonly string[]): void {
    for (const topic of topics) this.#emitter.emit(toEventName(topic))
  }

  listen(topic: string, onInvalidation: () => void): () => void {
    this.#emitter.on(toEventName(topic), onInvalidation)
    return () => void this.#emitter.off(toEventName(topic), onInvalidation)
  }
}

/** Prefixed, because the emitter treats some names specially, such as `error`. */
function toEventName(topic: string): string {
  return `topic ${topic}`
}

/** Pub/sub within this process. Other processes on the same SQLite file poll once a second. */
export function createLocalPubSub(): PubSub {
  const subscribers = new LocalSubscribers()
  return {
    pollIntervalMs: 1000,
    send: (topics) => subscribers.publish(topics),
    listen: (topic, onInvalidation) => subscribers.listen(topic, onInvalidation),
    close: async () => undefined,
  }
}
