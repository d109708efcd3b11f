import type { WatchSession } from './auth-client-types.ts'
import type { DeviceClock } from './platform.ts'
import type { Refresher } from './refresher.ts'
import type { SessionStore } from './session-store.ts'
import type { SignOut } from './sign-out.ts'

/** What happens to a session without a call of the application. */
export interface Upkeep {
  /** Resolves once the storage has been read, and the cookie tried where the storage says nothing. */
  readonly started: Promise<unknown>
  /** Notes that the application uses the session, which is refreshed ahead of expiry only then. */
  noteUse(): void
  stop(): void
}

/** What the upkeep needs. */
export interface UpkeepOptions {
  readonly url: string
  readonly clock: DeviceClock
  readonly store: SessionStore
  readonly refresher: Refresher
  readonly signOut: SignOut
  readonly watch: WatchSession | undefined
}

/** How often the gateway is told again of a sign-out that it has not confirmed, in milliseconds. */
const CONFIRM_MS = 15_000
/** Events of a page that has slept, was offline, or missed messages of other tabs. */
const WAKING: readonly string[] = ['online', 'pageshow', 'visibilitychange', 'storage']

/**
 * Refreshes ahead of expiry, watches the session, and looks again when the page wakes. A session without
 * requests is not refreshed, so that the gateway can end it when it is idle.
 */
export function keepFresh({ url, clock, store, refresher, signOut, watch }: UpkeepOptions): Upkeep {
  let isUsed = false
  let lastToken: string | undefined
  let cancel: () => void = () => undefined

  function schedule(): void {
    cancel()
    const { accessToken, reason, unconfirmed } = store.record
    if (accessToken !== lastToken) isUsed = false
    lastToken = accessToken
    if (unconfirmed !== undefined) cancel = clock.startTimer(CONFIRM_MS, () => void confirm())
    else if (accessToken && !reason) cancel = clock.startTimer(refresher.dueAt - clock.now(), refreshIfDue)
  }

  const confirm = () => signOut.confirm().finally(schedule)

  const refresh = () =>
    refresher
      .refresh(store.record)
      .catch(() => undefined)
      .finally(schedule)

  function refreshIfDue(): void {
    if (isUsed && clock.now() >= refresher.dueAt) void refresh()
  }

  async function look(): Promise<unknown> {
    const { unconfirmed, version } = await store.read()
    if (unconfirmed !== undefined) return void confirm()
    // Only the gateway knows whether there is a cookie.
    return version === 0 ? refresh() : refreshIfDue()
  }

  function wake({ type }: Event): void {
    // Other tabs write to the storage while they fail, too.
    if (type !== 'storage') refresher.resume()
    void look()
  }

  store.listen(schedule)
  const page = globalThis as Partial<Pick<EventTarget, 'addEventListener'>>
  const stopping = new AbortController()
  for (const name of WAKING) page.addEventListener?.(name, wake, { signal: stopping.signal })
  const stopWatch = watch?.({
    url,
    getToken: () => store.record.accessToken,
    listen: store.listen,
    noteEnd: signOut.noteEnd,
    check: refresh,
  })
  // Where the storage is blocked, another tab can still know the session.
  void store.ask(0)
  return {
    started: look(),
    noteUse() {
      isUsed = true
      refreshIfDue()
    },
    stop() {
      cancel()
      stopWatch?.()
      stopping.abort()
    },
  }
}
