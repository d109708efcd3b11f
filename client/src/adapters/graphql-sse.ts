import type { AuthClient } from '../auth-client/auth-client-types.ts'
import { createSessionChangedError } from '../auth-client/refresher.ts'
import { createAuthFetch, type AuthFetchOptions } from './fetch.ts'

/** Options for `createClient` of `graphql-sse`. */
export interface AuthEventOptions {
  readonly fetchFn: typeof globalThis.fetch
}

/**
 * Creates the options that authorize subscriptions over server-sent events:
 * `createClient({ url, ...createAuthEventOptions(auth) })`. Each connection gets a fresh token, and a
 * subscription resumes for its account only.
 */
export function createAuthEventOptions(auth: AuthClient, options: AuthFetchOptions = {}): AuthEventOptions {
  const send = createAuthFetch(auth, options)
  // The client has one signal for all connections of a subscription.
  const accounts = new WeakMap<AbortSignal, string>()
  return {
    async fetchFn(input, init) {
      const { signal } = init ?? {}
      const userId = (await auth.authorize())?.userId
      const before = signal && accounts.get(signal)
      if (before && before !== userId) throw createSessionChangedError()
      if (signal && userId) accounts.set(signal, userId)
      return send(input, init)
    },
  }
}
