import { createClientError, type AuthClientError } from '../errors/problem.ts'
import type { IssuedTokens, SessionRecord, SignedOutReason } from './session-record.ts'
import { computeRefreshTime, isUsable, toRecord } from './session-record.ts'
import { wait, type DeviceClock, type RandomFraction, type TabLock } from './platform.ts'
import type { CallGateway } from './request.ts'
import type { SessionStore } from './session-store.ts'

/** Refreshes the session: one request at a time in all tabs. */
export interface Refresher {
  /**
   * The record after a refresh of `stale`: with a usable token, or signed out. Rejects if the gateway cannot
   * be asked; the session remains then.
   */
  refresh(stale: SessionRecord): Promise<SessionRecord>
  /** When to refresh ahead of expiry, in milliseconds of the device; later while the gateway fails. */
  readonly dueAt: number
  /** Ends the pause after failures: the device is online again. */
  resume(): void
}

/** What the refresher needs. */
export interface RefresherOptions {
  readonly store: SessionStore
  readonly call: CallGateway
  readonly lock: TabLock
  readonly inCookie: boolean
  readonly clock: DeviceClock
  readonly random: RandomFraction
}

/** Codes by which the gateway says that the session is over. Every other failure leaves it as it is. */
const REFUSALS: Readonly<Record<string, SignedOutReason>> = {
  TOKEN_INVALID: 'ENDED',
  REFRESH_REUSED: 'REUSED',
}
/** Requests in a row for a response that was lost: the gateway returns the same tokens for half a minute. */
const ATTEMPTS = 3
/** Longest pause after failures, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000

/** Creates the refresher. */
export function createRefresher({ store, call, lock, inCookie, clock, random }: RefresherOptions): Refresher {
  const jitter = random()
  let flight: Promise<SessionRecord> | null = null
  let pause: { readonly until: number; readonly error: unknown } | null = null
  let failures = 0

  /** The newest record, if no request is necessary. */
  async function findReplacement(stale: SessionRecord, hasWaited?: boolean): Promise<SessionRecord | null> {
    const isReplacement = (record: SessionRecord) =>
      record.reason !== undefined ||
      (record.accessToken !== stale.accessToken && isUsable(record, clock.now()))
    let record = await store.read()
    // A tab that has replaced the token is sending it, and the lock can arrive before its message and its
    // entry of the storage. After a reload there may be no other tab, and one with the lock may have failed.
    if (!isReplacement(record) && (hasWaited || (record.version > 0 && !record.accessToken)))
      record = await store.ask(record.accessToken ? 250 : stale.accessToken ? 2000 : 100)
    return isReplacement(record) || !(inCookie || record.refreshToken) ? record : null
  }

  async function exchange(stale: SessionRecord, hasWaited?: boolean): Promise<SessionRecord> {
    const replacement = await findReplacement(stale, hasWaited)
    if (replacement) return replacement
    const { record } = store
    const requestedAt = clock.now()
    try {
      const variables = { refreshToken: inCookie ? null : record.refreshToken }
      const tokens = await call<IssuedTokens>('refresh', variables)
      return await store.replace(record, toRecord(tokens, requestedAt))
    } catch (error) {
      const reason = REFUSALS[(error as AuthClientError).code]
      if (!reason) throw error
      return store.replace(record, { reason })
    }
  }

  async function attempt(stale: SessionRecord): Promise<SessionRecord> {
    for (let number = 1; ; number += 1) {
      try {
        const record = await lock((hasWaited) => exchange(stale, hasWaited))
        failures = 0
        return record
      } catch (error) {
        if ((error as AuthClientError).code !== 'NETWORK' || number >= ATTEMPTS) throw startPause(error)
        await wait(clock, 250 * 2 ** number * (0.5 + random()))
      }
    }
  }

  function startPause(error: unknown): unknown {
    const ms = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures) * (0.5 + random() / 2)
    failures += 1
    pause = { until: clock.now() + Math.max(ms, ((error as AuthClientError).retryAfter ?? 0) * 1000), error }
    return error
  }

  return {
    async refresh(stale) {
      if (pause && clock.now() < pause.until) throw pause.error
      pause = null
      return (flight ??= attempt(stale).finally(() => (flight = null)))
    },
    get dueAt() {
      return Math.max(computeRefreshTime(store.record, jitter), pause?.until ?? 0)
    },
    resume: () => void (pause = null),
  }
}

/** Error of a call whose account is no longer signed in. */
export function createSessionChangedError(): AuthClientError {
  return createClientError('SESSION_CHANGED', 'Another account signed in.')
}
