import type { SessionReader } from '../../ports/session-reader.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** Reads all keys in one round trip, at each request. */
export function createUntrackedSessionReader(store: Pick<StateStore, 'get'>): SessionReader {
  return {
    async read(sessionKeys, otherKeys) {
      const values = await store.get([...sessionKeys, ...otherKeys])
      const others = values.slice(sessionKeys.length)
      return { session: values.slice(0, sessionKeys.length), others: async () => others }
    },
    async close() {},
  }
}
