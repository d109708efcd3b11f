/** Why a session ended: the schema's `SessionEndReason`, or `ENDED` where the gateway gave no reason. */
export type SignedOutReason =
  | 'ENDED'
  | 'EVICTED'
  | 'EXPIRED'
  | 'LOGOUT'
  | 'LOGOUT_EVERYWHERE'
  | 'PASSWORD_CHANGED'
  | 'REUSED'
  | 'REVOKED'
  | 'SUSPENDED'

/**
 * The session of this device, as its tabs share it. Copies of it are in the memory of each tab, in the
 * storage, and in messages between tabs: the highest version is the current one. A record with a `reason` is
 * signed out, null where it has never been signed in; version 0 is a device of which nothing is known.
 */
export interface SessionRecord {
  readonly version: number
  readonly userId?: string
  readonly sessionId?: string
  /** Absent from the storage where the refresh token is in a cookie. */
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | null | undefined
  /** Times of this device in milliseconds: when the tokens were requested, and when they expire. */
  readonly issuedAt?: number
  readonly expiresAt?: number
  readonly reason?: SignedOutReason | null
  /** The access token of a sign-out that the gateway has not confirmed; empty where a cookie names it. */
  readonly unconfirmed?: string
}

/** The part of `AuthPayload` that becomes a record. */
export interface IssuedTokens {
  readonly accessToken: string
  /** Seconds until the access token expires. */
  readonly expiresIn: number
  readonly refreshToken: string | null
  readonly session: { readonly id: string }
  readonly user: { readonly id: string }
}

/** How far the clock of the device may be set back before its times are not trusted, in milliseconds. */
const SET_BACK_MS = 60_000

/**
 * Builds the content of a record. The expiry counts from the request by the clock of this device, so that a
 * difference to the clock of the gateway has no effect.
 */
export function toRecord(tokens: IssuedTokens, requestedAt: number): Omit<SessionRecord, 'version'> {
  const { accessToken, refreshToken, expiresIn, session, user } = tokens
  return {
    userId: user.id,
    sessionId: session.id,
    accessToken,
    refreshToken,
    issuedAt: requestedAt,
    expiresAt: requestedAt + expiresIn * 1000,
  }
}

/** Whether the access token can be sent. */
export function isUsable({ accessToken, issuedAt = 0, expiresAt = 0 }: SessionRecord, now: number): boolean {
  return accessToken !== undefined && now < expiresAt && now > issuedAt - SET_BACK_MS
}

/**
 * When to refresh ahead of expiry: a minute or a fifth of the lifetime before it, whichever is shorter. Tabs
 * have different `jitter` (0 to 1), so that one of them refreshes for all.
 */
export function computeRefreshTime({ issuedAt = 0, expiresAt = 0 }: SessionRecord, jitter: number): number {
  return expiresAt - Math.min(60_000, (expiresAt - issuedAt) / 5) * (1 - jitter / 2)
}

/** Whether a copy replaces the known record: it is newer, or has the token that the known one lacks. */
export function isNewer(copy: SessionRecord, known: SessionRecord): boolean {
  if (copy.version !== known.version) return copy.version > known.version
  return copy.sessionId === known.sessionId && !known.accessToken && copy.accessToken !== undefined
}
