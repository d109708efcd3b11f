import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises'
import { createAuthClient, type AuthClient, type AuthClientOptions } from '../../src/index.ts'
import type { TabChannel, TabLock, TokenTextStorage } from '../../src/index.ts'

/** A browser whose tabs share a storage, a lock, a channel, a clock and a cookie jar. */
export interface Device {
  readonly storage: TokenTextStorage & { readonly items: Map<string, string> }
  /** Opens a tab of the application. */
  openTab(options?: Partial<AuthClientOptions>): AuthClient
  /** Options of a tab, for clients that a test creates itself. */
  createOptions(): AuthClientOptions
  /** Moves the clock on without calling timers, as a suspended laptop does. */
  sleep(ms: number): void
  /** The device has no network. */
  isOffline: boolean
  /** Sign-outs that tabs reported, in order. */
  readonly signedOut: string[]
  closeTabs(): void
}

/** Creates a device. */
export function createDevice(url: string, settings: Partial<AuthClientOptions> = {}): Device {
  const items = new Map<string, string>()
  const tabs: AuthClient[] = []
  const openChannel = createChannelHub()
  const lock = createMutex()
  const sendWithCookies = createCookieFetch()
  let offset = 0
  const device: Device = {
    isOffline: false,
    signedOut: [],
    storage: {
      items,
      getItem: (key) => items.get(key) ?? null,
      setItem: (key, value) => void items.set(key, value),
      removeItem: (key) => void items.delete(key),
    },
    sleep: (ms) => void (offset += ms),
    createOptions: () => ({
      url,
      storage: device.storage,
      lock,
      channel: openChannel(),
      clock: {
        now: () => Date.now() + offset,
        startTimer(ms, run) {
          const timer = setTimeout(run, Math.min(ms, 2 ** 31 - 1)).unref()
          return () => clearTimeout(timer)
        },
      },
      fetch: (input, init) =>
        device.isOffline ? Promise.reject(new TypeError('Failed to fetch')) : sendWithCookies(input, init),
      onSignedOut: (reason) => void device.signedOut.push(reason),
      ...settings,
    }),
    openTab(options) {
      const tab = createAuthClient({ ...device.createOptions(), ...options })
      tabs.push(tab)
      return tab
    },
    closeTabs: () => tabs.splice(0).forEach((tab) => tab.close()),
  }
  return device
}

/** Work of one tab after that of another, as Web Locks do. */
export function createMutex(): TabLock {
  let last: Promise<unknown> = Promise.resolve()
  let queued = 0
  return (work) => {
    const hasWaited = queued > 0
    queued += 1
    const result = last.then(() => work(hasWaited)).finally(() => (queued -= 1))
    last = result.catch(() => undefined)
    return result
  }
}

/** Opens channels that pass each message to all others a turn of the event loop, or `delayMs`, later. */
export function createChannelHub(delayMs = 0): () => TabChannel {
  const listeners = new Set<(message: unknown) => void>()
  return () => {
    let own: ((message: unknown) => void) | undefined
    return {
      post(message) {
        const copy: unknown = structuredClone(message)
        void (delayMs ? wait(delayMs) : nextTurn()).then(() => {
          for (const listener of listeners) if (listener !== own) listener(copy)
        })
      },
      listen(listener) {
        own = listener
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    }
  }
}

/** A `fetch` that keeps cookies where the request includes credentials, for requests to one host. */
export function createCookieFetch(origin = 'https://app.example.com'): typeof fetch {
  const jar = new Map<string, string>()
  return async (input, init = {}) => {
    const headers = new Headers(init.headers)
    headers.set('origin', origin)
    const isIncluded = init.credentials === 'include'
    if (isIncluded && jar.size > 0)
      headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(input, { ...init, headers })
    if (!isIncluded) return response
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      if (value === '') jar.delete(name)
      else jar.set(name, value)
    }
    return response
  }
}
