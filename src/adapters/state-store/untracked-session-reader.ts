import type { SessionReader } from '../../ports/session-reader.ts'
import type { StateStore } from '../../ports/state-store.ts'

/** Reads all keys in one round trip, at each request. */
export function createUntrackedSessionReader(store: Pick<StateStore, 'get'>): SessionReader {
  return {
    async read({ session, account, others }) {
      const values = await store.get([...session, ...account, ...others])
      const [afterSession, afterAccount] = [session.length, session.length + account.length]
      return {
        session: values.slice(0, afterSession),
        account: async () => values.slice(afterSession, afterAccount),
        others: async () => values.slice(afterAccount),
      }
    },
    async close() {},
  }
}
