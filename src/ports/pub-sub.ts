/**
 * Invalidations between nodes: the state behind a topic has changed and must be read again. An invalidation
 * may be lost, late or repeated, so it may only decide how soon a listener reads, never what it reads.
 */
export interface PubSub {
  /**
   * How often a listener must poll without any invalidation, in milliseconds: short where no other node is
   * reached.
   */
  readonly pollIntervalMs: number
  /** Sends an invalidation to every node, this one included. Never rejects, never waits. */
  send(topics: readonly string[]): void
  /** Calls the callback at each invalidation of the topic, until the returned function is called. */
  listen(topic: string, onInvalidation: () => void): () => void
  /** Closes the connections; calling it twice is allowed. */
  close(): Promise<void>
}
