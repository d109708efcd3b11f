import type { DeviceClock, RandomFraction, TabChannel, TabLock, TokenTextStorage } from './platform.ts'
import type {
  CodeSent,
  MfaRequired,
  OtpRequested,
  PhoneVerified,
  ResetGranted,
  SignedIn,
  SignInInputs,
} from './operations.ts'
import type { SignedOutReason } from './session-record.ts'

/** Who is signed in on this device. A new object after each change, and only then. */
export type AuthState =
  | { readonly status: 'signed-in'; readonly userId: string; readonly sessionId: string }
  | { readonly status: 'signed-out'; readonly reason: SignedOutReason | null }
  /** The storage is being read, or the gateway has not yet said whether the cookie is valid. */
  | { readonly status: 'unknown' }

/** What a request is sent with. */
export interface Authorization {
  readonly accessToken: string
  /** The account that the request belongs to. */
  readonly userId: string
}

/** The session that is watched. */
export interface WatchedSession {
  /** URL of the gateway. */
  readonly url: string
  /** The access token as it is, perhaps expired; undefined if signed out. */
  readonly getToken: () => string | undefined
  /** Calls the listener after each change of the token. */
  readonly listen: (listener: () => void) => void
  /** Reports that the gateway has ended a session. */
  readonly noteEnd: (sessionId: string, reason: SignedOutReason) => unknown
  /** Asks the gateway whether the session has ended. */
  readonly check: () => unknown
}

/** Watches the session at the gateway. Returns the function that stops. */
export type WatchSession = (session: WatchedSession) => () => void

/** Options of `createAuthClient`. Only `url` is necessary in a browser. */
export interface AuthClientOptions {
  /** URL of the gateway, such as `/graphql` or `https://auth.example.com/graphql`. */
  readonly url: string
  /**
   * Where the refresh token is; the same as `REFRESH_TRANSPORT` of the gateway. `bearer` (default; `body`
   * there): in `storage`, where injected scripts can read it. `cookie`: scripts cannot read it.
   */
  readonly transport?: 'bearer' | 'cookie'
  /** Default: `localStorage`, or memory where there is none. `transport: 'cookie'` stores no token in it. */
  readonly storage?: TokenTextStorage | null
  /** With `transport: 'cookie'`: whether `storage` gets the access token, because no script can read it. */
  readonly storesAccessToken?: boolean
  /** Name of the session in `storage`, locks and channels. Clients of one name share one session. */
  readonly key?: string
  /** Reports the end of the session at once instead of at the next request: `watchOverWebSocket`. */
  readonly watch?: WatchSession
  /** Called in every tab when the session has ended, with the reason. */
  readonly onSignedOut?: (reason: SignedOutReason) => void
  /** Longest wait for a response, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  readonly fetch?: typeof globalThis.fetch
  readonly lock?: TabLock
  /** Null: no other tabs. */
  readonly channel?: TabChannel | null
  readonly clock?: DeviceClock
  readonly random?: RandomFraction
}

/** The session of a device. Each call rejects with `AuthClientError`. */
export interface AuthClient {
  /** URL of the gateway. */
  readonly url: string
  /** Resolves once `getState()` is known, or cannot be known now. */
  readonly ready: Promise<unknown>
  /** With `subscribe`, the arguments of React's `useSyncExternalStore`. */
  getState(): AuthState
  /** Calls the listener in every tab after each change of the state, and of the tokens. Returns the stop. */
  subscribe(listener: () => void): () => void

  register(input: SignInInputs['register']): Promise<CodeSent>
  registerPhone(input: SignInInputs['registerPhone']): Promise<CodeSent>
  requestOtp(input: SignInInputs['requestOtp']): Promise<OtpRequested>
  verifyOtp(input: SignInInputs['verifyOtp']): Promise<SignedIn | MfaRequired | PhoneVerified | ResetGranted>
  login(input: SignInInputs['login']): Promise<SignedIn | MfaRequired>
  verifyMfa(input: SignInInputs['verifyMfa']): Promise<SignedIn>
  resetPassword(input: SignInInputs['resetPassword']): Promise<SignedIn>
  /** Refreshes now. Requests do so themselves; call it after a change of roles. */
  refresh(): Promise<void>
  /**
   * Signs out on this device at once, also without a network. Resolves with whether the gateway has confirmed
   * it; if not, the client keeps trying. `everywhere` ends all sessions of the account, and rejects without a
   * change if the gateway cannot be reached.
   */
  logout(options?: { readonly everywhere?: boolean }): Promise<boolean>

  /** A token that has not expired; null if signed out. Rejects if it cannot be refreshed now. */
  getAccessToken(): Promise<string | null>
  /** The same, with the account. For adapters. */
  authorize(): Promise<Authorization | null>
  /**
   * Replaces an authorization that the gateway rejected (`UNAUTHENTICATED`). Null: do not repeat the request,
   * because the session has ended or belongs to another account now.
   */
  renew(rejected: Authorization): Promise<Authorization | null>
  /** Stops timers and listeners. The session remains. */
  close(): void
}
