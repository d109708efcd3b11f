import type { DeviceClock, TabChannel, TokenTextStorage } from './platform.ts'
import { isNewer, type SessionRecord } from './session-record.ts'

/** The record of the session in this tab, kept equal to that of the other tabs. */
export interface SessionStore {
  /** The record as far as this tab knows. */
  readonly record: SessionRecord
  /** Reads the storage too; returns the newest record. */
  read(): Promise<SessionRecord>
  /** Asks the other tabs for the access token of a record that has none; waits at most `ms` milliseconds. */
  ask(ms: number): Promise<SessionRecord>
  /**
   * Replaces the record `basedOn` (null: any), tells the other tabs, and returns the record that is current
   * then: another one if `basedOn` was replaced meanwhile.
   */
  replace(basedOn: SessionRecord | null, next: Omit<SessionRecord, 'version'>): Promise<SessionRecord>
  /** Calls the listener after each change of the record. Returns the function that stops. */
  readonly listen: (listener: () => void) => () => void
  close(): void
}

/** What a store needs. */
export interface StoreOptions {
  /** Null: none. */
  readonly storage: TokenTextStorage | null
  readonly channel: TabChannel | null
  readonly key: string
  /** Whether the refresh token is in a cookie. */
  readonly inCookie: boolean
  /** Whether the storage gets tokens; else they are in memory and messages only. */
  readonly storesAccessToken: boolean
  readonly clock: DeviceClock
}

const ASK = 'ask'

/** Creates the store. A storage that throws is as good as an empty one: memory and messages remain. */
export function createSessionStore({
  storage,
  channel,
  key,
  inCookie,
  storesAccessToken,
  clock,
}: StoreOptions): SessionStore {
  let record: SessionRecord = { version: 0 }
  // Without a record a cookie can still be valid.
  const empty: SessionRecord = inCookie ? record : { version: 1, reason: null }
  let onAdopted: (() => void) | undefined
  const listeners = new Set<() => void>()

  function adopt(copy: SessionRecord): void {
    if (!isNewer(copy, record)) return
    record = copy
    onAdopted?.()
    for (const listener of listeners) listener()
  }

  async function persist(): Promise<void> {
    const stored = storesAccessToken ? record : omitTokens(record)
    try {
      await storage?.setItem(key, JSON.stringify(stored))
    } catch {
      // A refresh token that was used must not be read again: it would pass for a stolen one.
      await storage?.removeItem(key)
    }
  }

  async function read(): Promise<SessionRecord> {
    try {
      adopt(JSON.parse((await storage?.getItem(key)) ?? '') as SessionRecord)
    } catch {
      // Absent, blocked, or not a record.
    }
    adopt(empty)
    return record
  }

  const close = channel?.listen((message) => {
    if (message !== ASK) adopt(message as SessionRecord)
    else if (record.version > 0) channel.post(record)
  })

  return {
    get record() {
      return record
    },
    read,
    async ask(ms) {
      if (channel)
        await new Promise<void>((done) => {
          onAdopted = done
          clock.startTimer(ms, done)
          channel.post(ASK)
        })
      return record
    },
    async replace(basedOn, next) {
      const known = await read()
      if (basedOn && known.version !== basedOn.version) return known
      adopt({ ...next, version: known.version + 1 })
      channel?.post(record)
      await persist().catch(() => undefined)
      return record
    },
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => close?.(),
  }
}

function omitTokens({
  accessToken: _,
  refreshToken: __,
  unconfirmed,
  ...rest
}: SessionRecord): SessionRecord {
  return unconfirmed === undefined ? rest : { ...rest, unconfirmed: '' }
}
