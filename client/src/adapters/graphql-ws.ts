import type { AuthClient, Authorization } from '../auth-client/auth-client-types.ts'
import { createSessionChangedError } from '../auth-client/refresher.ts'

/** Options for `createClient` of `graphql-ws`, also as the transport of Apollo Client and urql. */
export interface AuthSocketOptions {
  readonly connectionParams: () => Promise<Record<string, unknown>>
  readonly shouldRetry: () => boolean
  readonly on: {
    readonly connecting: (isRetry: boolean) => void
    readonly closed: (event: unknown) => void
  }
}

/** Close codes of the gateway: the session has ended or the token is invalid, and the token has expired. */
const REJECTED_CODES: readonly unknown[] = [4401, 4403]

/**
 * Creates the options that authorize a socket: `createClient({ url, ...createAuthSocketOptions(auth) })`.
 * When the token expires the gateway closes the socket, and open subscriptions resume on the next one with a
 * fresh token. They do not resume for another account: they fail with `SESSION_CHANGED`.
 */
export function createAuthSocketOptions(auth: AuthClient): AuthSocketOptions {
  let current: Authorization | null = null
  let isRejected = false
  let isResumed = false
  return {
    async connectionParams() {
      const before = current
      // The device can take a token for valid that the gateway does not.
      const renewed = before && isRejected ? await auth.renew(before) : null
      current = renewed ?? (await auth.authorize())
      isRejected = false
      if (isResumed && before?.userId !== current?.userId) throw createSessionChangedError()
      return current ? { authorization: `Bearer ${current.accessToken}` } : {}
    },
    shouldRetry: () => true,
    on: {
      connecting: (isRetry) => void (isResumed = isRetry),
      closed(event) {
        isRejected = REJECTED_CODES.includes((event as { code?: unknown }).code)
        // Asks the gateway whether the session has ended, also if no subscription resumes.
        if (isRejected && current) auth.renew(current).catch(() => undefined)
      },
    },
  }
}
