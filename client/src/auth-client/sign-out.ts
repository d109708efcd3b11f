import type { Authorization } from './auth-client-types.ts'
import type { TabLock } from './platform.ts'
import type { CallGateway } from './request.ts'
import type { SignedOutReason } from './session-record.ts'
import type { SessionStore } from './session-store.ts'

/** What the sign-out needs. */
export interface SignOutOptions {
  readonly store: SessionStore
  readonly call: CallGateway
  readonly lock: TabLock
  readonly inCookie: boolean
  readonly authorize: () => Promise<Authorization | null>
}

/** Ends sessions. */
export interface SignOut {
  readonly logout: (options?: { readonly everywhere?: boolean }) => Promise<boolean>
  /** Tells the gateway of a sign-out that it has not confirmed; true when none is left. */
  confirm(): Promise<boolean>
  /** Notes that the gateway has ended a session. */
  readonly noteEnd: (sessionId: string, reason: SignedOutReason) => Promise<void>
}

/** Creates the sign-out. */
export function createSignOut({ store, call, lock, inCookie, authorize }: SignOutOptions): SignOut {
  /**
   * Holds the lock, and gives up when the device has signed in again: the response clears the cookie. An
   * expired access token still ends its session.
   */
  function confirm(): Promise<boolean> {
    return lock(async () => {
      const record = await store.read()
      if (record.unconfirmed === undefined) return true
      try {
        await call('logout', {}, { accessToken: record.unconfirmed })
      } catch {
        return false
      }
      await store.replace(record, { reason: 'LOGOUT' })
      return true
    })
  }

  async function logoutEverywhere(): Promise<boolean> {
    const accessToken = (await authorize())?.accessToken
    await lock(async () => {
      await call('logout', { everywhere: true }, { accessToken })
      await store.replace(null, { reason: 'LOGOUT_EVERYWHERE' })
    })
    return true
  }

  return {
    confirm,
    async logout({ everywhere = false } = {}) {
      if (everywhere) return logoutEverywhere()
      const { reason, accessToken = '' } = await store.read()
      if (reason === undefined && (inCookie || accessToken))
        await store.replace(null, { reason: 'LOGOUT', unconfirmed: accessToken })
      return confirm()
    },
    noteEnd: (sessionId, reason) =>
      lock(async () => {
        const record = await store.read()
        if (record.sessionId === sessionId) await store.replace(record, { reason })
      }),
  }
}
