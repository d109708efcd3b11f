import { setTimeout as sleep } from 'node:timers/promises'

/** What ends a socket or an event stream: the event of `SessionWatchService`. */
export interface SessionNews {
  readonly kind: 'ENDED' | 'TOKEN_EXPIRED'
}

/** What the subscriptions of a connection have still to send before it closes. */
export interface Announcements {
  /** The event, if there is one. */
  announce(news: Promise<SessionNews | null>): AsyncGenerator<SessionNews>
  /** Resolves when each subscription has sent its event, after a second at the latest. */
  waitUntilSent(): Promise<void>
}

/** Longest time for the last event to reach the client before its connection closes, in milliseconds. */
const FINAL_EVENT_MS = 1000
/** Interval of the checks whether the events are sent, in milliseconds. */
const CHECK_MS = 10

/**
 * An expired token does not complete a subscription: clients resume those that are open when the connection
 * closes, on a new connection with a fresh token. `closed` resolves when the connection closes.
 */
export function createAnnouncements(closed: Promise<void>): Announcements {
  const unsent = new Set<symbol>()
  return {
    async *announce(news) {
      const announcement = Symbol('announcement')
      unsent.add(announcement)
      try {
        const event = await news
        if (!event) return
        yield event
        // The next event is requested once this one has been sent.
        unsent.delete(announcement)
        if (event.kind === 'TOKEN_EXPIRED') await closed
      } finally {
        unsent.delete(announcement)
      }
    },
    async waitUntilSent() {
      const deadline = performance.now() + FINAL_EVENT_MS
      do await sleep(CHECK_MS)
      while (unsent.size > 0 && performance.now() < deadline)
    },
  }
}
