import { EventEmitter } from 'node:events'
import type { Signals } from '../../ports/pub-sub.ts'

/** The listeners of one process: every adapter hands what arrives to one of these. */
export class LocalHints {
  readonly #emitter = new EventEmitter().setMaxListeners(0)

  tell(topics: readonly string[]): void {
    for (const topic of topics) this.#emitter.emit(eventOf(topic))
  }

  listen(topic: string, onHint: () => void): () => void {
    this.#emitter.on(eventOf(topic), onHint)
    return () => void this.#emitter.off(eventOf(topic), onHint)
  }
}

/** A name that means nothing special to the emitter. */
function eventOf(topic: string): string {
  return `topic ${topic}`
}

/** Hints that stay in this process. Other processes on the same SQLite file learn by looking, once a second. */
export function createLocalSignals(): Signals {
  const hints = new LocalHints()
  return {
    lookEveryMs: 1000,
    send: (topics) => hints.tell(topics),
    listen: (topic, onHint) => hints.listen(topic, onHint),
    close: async () => undefined,
  }
}
