/**
 * Hints between nodes: "something about this has changed, look for yourself". A hint may be lost, late or repeated, so
 * nothing may rest on it but how soon somebody looks.
 */
export interface PubSub {
  /** How often a watcher should look without any hint, in milliseconds: short where hints do not leave the process. */
  readonly pollIntervalMs: number
  /** Tells every node, this one included. Never rejects, never waits. */
  send(topics: readonly string[]): void
  /** Calls back at each hint about a topic, until the returned function is called. */
  listen(topic: string, onInvalidation: () => void): () => void
  /** Ends the connections; calling it twice is fine. */
  close(): Promise<void>
}
