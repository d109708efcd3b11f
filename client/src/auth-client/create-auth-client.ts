import type { AuthClient, AuthClientOptions, Authorization } from './auth-client-types.ts'
import { createSignInCalls } from './sign-in-calls.ts'
import { createSignOut } from './sign-out.ts'
import { deviceClock, drawFraction, openLocalStorage, openTabChannel } from './platform.ts'
import { createRefresher, createSessionChangedError } from './refresher.ts'
import { createGatewayCall } from './request.ts'
import { isUsable, type SessionRecord } from './session-record.ts'
import { createSessionState } from './session-state.ts'
import { createSessionStore } from './session-store.ts'
import { openTabLock } from './tab-lock.ts'
import { keepFresh } from './upkeep.ts'

/**
 * Creates the session of this device.
 *
 * State: one `SessionRecord`, which all tabs share (see there). Six events replace it: a sign-in, a refresh,
 * a refusal of the refresh, a sign-out, the gateway's confirmation of it, and the gateway's report that the
 * session has ended. Each of them holds the lock of the session over its request and the replacement, except
 * the sign-out, which takes effect without a request. What another tab did arrives by message, and at each
 * request by a look into the storage.
 *
 * Only the gateway's word ends a session: a refresh that it refuses with `TOKEN_INVALID` or `REFRESH_REUSED`,
 * or its event. No network, a timeout, an overload or a page of an intermediary leaves it as it is.
 */
export function createAuthClient(options: AuthClientOptions): AuthClient {
  const parts = resolveOptions(options)
  const { url, clock } = parts
  const store = createSessionStore(parts)
  const call = createGatewayCall(parts)
  const refresher = createRefresher({ ...parts, store, call })
  const signOut = createSignOut({
    ...parts,
    store,
    call,
    authorize: (): Promise<Authorization | null> => authorize(),
  })
  const getState = createSessionState(store, options.onSignedOut)
  const upkeep = keepFresh({ ...parts, store, refresher, signOut, watch: options.watch })

  async function authorize(): Promise<Authorization | null> {
    const before = store.record
    await upkeep.started
    let record = await store.read()
    if (record.reason !== undefined) return null
    upkeep.noteUse()
    if (!isUsable(record, clock.now())) record = await refresher.refresh(before)
    if (before.userId && record.userId && record.userId !== before.userId) throw createSessionChangedError()
    return toAuthorization(record)
  }

  async function getAccessToken(): Promise<string | null> {
    return (await authorize())?.accessToken ?? null
  }

  return {
    url,
    ready: upkeep.started,
    getState,
    subscribe: store.listen,
    ...createSignInCalls({ ...parts, store, call, getAccessToken }),
    refresh: async () => {
      await upkeep.started
      await refresher.refresh(await store.read())
    },
    logout: signOut.logout,
    getAccessToken,
    authorize,
    async renew({ accessToken, userId }) {
      const current = toAuthorization(await refresher.refresh({ ...store.record, accessToken }))
      return current?.userId === userId && current.accessToken !== accessToken ? current : null
    },
    close() {
      upkeep.stop()
      store.close()
    },
  }
}

function toAuthorization({ accessToken, userId }: SessionRecord): Authorization | null {
  return accessToken && userId ? { accessToken, userId } : null
}

function resolveOptions(options: AuthClientOptions) {
  const basics = {
    key: 'graphql-auth-gateway',
    storage: openLocalStorage(),
    timeoutMs: 10_000,
    clock: deviceClock,
    random: drawFraction,
    fetch: (...request: Parameters<typeof fetch>) => globalThis.fetch(...request),
    inCookie: options.transport === 'cookie',
    storesAccessToken: options.transport !== 'cookie',
    ...options,
  }
  const { key, channel = openTabChannel(key), lock = openTabLock(basics) } = basics
  return { ...basics, channel, lock }
}
