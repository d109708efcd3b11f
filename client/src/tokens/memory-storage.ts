import { isFresh, type Clock, type StoredToken, type TokenStorage } from './token-storage.ts'

/** Tokens in the memory of this process: other processes do not share them. */
export function createMemoryTokenStorage(now: Clock = Date.now): TokenStorage {
  const tokens = new Map<string, StoredToken>()
  const queues = new Map<string, Promise<unknown>>()

  async function exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const previous = queues.get(name)
    const running = (async () => {
      await previous?.catch(() => undefined)
      return work()
    })()
    queues.set(name, running)
    try {
      return await running
    } finally {
      if (queues.get(name) === running) queues.delete(name)
    }
  }

  return {
    save: async (name, token) => void tokens.set(name, token),
    load: async (name) => tokens.get(name) ?? null,
    isValid: async (name, marginMs) => isFresh(tokens.get(name) ?? null, now(), marginMs),
    async delete(name, accessToken) {
      if (accessToken === undefined || tokens.get(name)?.accessToken === accessToken) tokens.delete(name)
    },
    exclusively,
    close: async () => tokens.clear(),
  }
}
