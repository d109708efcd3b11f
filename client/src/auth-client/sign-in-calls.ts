import type { AuthClient } from './auth-client-types.ts'
import type { DeviceClock, TabLock } from './platform.ts'
import type { SignInInputs } from './operations.ts'
import type { CallGateway, RequestDetails } from './request.ts'
import { toRecord, type IssuedTokens, type SessionRecord } from './session-record.ts'
import type { SessionStore } from './session-store.ts'

/** What the calls need. */
export interface SignInOptions {
  readonly store: SessionStore
  readonly call: CallGateway
  readonly lock: TabLock
  readonly inCookie: boolean
  readonly clock: DeviceClock
  readonly getAccessToken: AuthClient['getAccessToken']
}

/** The calls of the sign-in. */
export type SignInCalls = Pick<AuthClient, keyof SignInInputs>

/**
 * Creates the calls. They are sent without a token, except those that set the phone number of the signed-in
 * account. They hold the lock, so that no refresh of the earlier session is in progress: its response would
 * replace the cookie of the new one.
 */
export function createSignInCalls({
  store,
  call,
  lock,
  inCookie,
  clock,
  getAccessToken,
}: SignInOptions): SignInCalls {
  async function startSession(tokens: IssuedTokens, requestedAt: number): Promise<void> {
    if ((tokens.refreshToken === null) !== inCookie)
      throw new Error("`transport` differs from the gateway's REFRESH_TRANSPORT.")
    const replaced = await store.read()
    await store.replace(null, toRecord(tokens, requestedAt))
    endReplaced(replaced)
  }

  /** Ends the session that the device had before, which no tab uses now. The cookie is the new one's. */
  function endReplaced({ accessToken, unconfirmed = accessToken }: SessionRecord): void {
    const details: RequestDetails = { accessToken: unconfirmed, credentials: 'omit' }
    if (unconfirmed) call('logout', {}, details).catch(() => undefined)
  }

  function createCall<Result>(field: keyof SignInInputs): (input: object) => Promise<Result> {
    return async (input) => {
      const isOwn = (input as { purpose?: string }).purpose === 'VERIFY_PHONE'
      const accessToken = isOwn ? await getAccessToken() : null
      return lock(async () => {
        const requestedAt = clock.now()
        const result = await call<object>(field, { input }, { accessToken })
        if (!('accessToken' in result)) return result as Result
        await startSession(result as IssuedTokens, requestedAt)
        return { ...result, accessToken: undefined, refreshToken: undefined } as Result
      })
    }
  }

  return {
    register: createCall('register'),
    registerPhone: createCall('registerPhone'),
    requestOtp: createCall('requestOtp'),
    verifyOtp: createCall('verifyOtp'),
    login: createCall('login'),
    verifyMfa: createCall('verifyMfa'),
    resetPassword: createCall('resetPassword'),
  }
}
