import { EventEmitter } from 'node:events'
import type { PubSub } from '../../ports/pub-sub.ts'

/** The listeners of one process: every adapter hands what arrives to one of these. */
export class LocalSubscribers {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  tell(topics: readonly string[]): void {
    for (const topic of topics) this.#emitter.emit(eventOf(topic))
  }

  listen(topic: string, onInvalidation: () => void): () => void {
    this.#emitter.on(eventOf(topic), onInvalidation)
    return () => void this.#emitter.off(eventOf(topic), onInvalidation)
  }
}

/** A name that means nothing special to the emitter. */
function eventOf(topic: string): string {
  return `topic ${topic}`
}

/** Hints that stay in this process. Other processes on the same SQLite file learn by looking, once a second. */
export function createLocalPubSub(): PubSub {
  const hints = new LocalSubscribers()
  return {
    pollIntervalMs: 1000,
    send: (topics) => hints.tell(topics),
    listen: (topic, onInvalidation) => hints.listen(topic, onInvalidation),
    close: async () => undefined,
  }
}
