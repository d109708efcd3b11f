import { AsyncLocalStorage } from 'node:async_hooks'
import type { CallerScope } from '../../ports/caller-scope.ts'

/** A caller scope that follows the asynchronous work of this process. */
export function createCallerScope(): CallerScope {
  const storage = new AsyncLocalStorage<{ caller: string | null }>()
  return {
    get current() {
      return storage.getStore()?.caller ?? null
    },
    run: (network, work) => storage.run({ caller: `network ${network}` }, work),
    setAccount(userId) {
      const scope = storage.getStore()
      if (scope && scope.caller !== null) scope.caller = `account ${userId}`
    },
    runShared: (work) => storage.run({ caller: null }, work),
  }
}
