import type { WatchedSession, WatchSession } from './auth-client-types.ts'
import { deviceClock, drawFraction, type DeviceClock, type RandomFraction } from './platform.ts'
import type { SignedOutReason } from './session-record.ts'

/** What a watch needs that a test replaces, or that Node.js before 22 lacks. */
export interface SocketWatchOptions {
  readonly WebSocket?: typeof globalThis.WebSocket
  readonly clock?: DeviceClock
  readonly random?: RandomFraction
}

interface ServerMessage {
  readonly type: string
  readonly payload?: {
    readonly data?: {
      readonly sessionEvents?: {
        readonly kind: 'ENDED' | 'TOKEN_EXPIRED'
        readonly sessionId: string
        readonly reason: SignedOutReason | null
      }
    }
  }
}

/** Close code for a session that has ended, also before the socket watched it, and an invalid token. */
const UNAUTHENTICATED = 4401
/** Close codes after which the same token opens no socket: session ended, token expired, over a limit. */
const FINAL_CODES: readonly number[] = [UNAUTHENTICATED, 4403, 4429]
/** Longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 60_000
const SUBSCRIBE = {
  id: '1',
  type: 'subscribe',
  payload: { query: 'subscription{sessionEvents{kind sessionId reason}}' },
}

/**
 * Creates the watch of `createAuthClient` over a WebSocket: it reports a session that another device, a
 * password change or an operator has ended. A token that expires closes it; the next token opens it again, so
 * that a watch alone does not keep a session in use.
 *
 * Not `graphql-ws`, which is larger than the whole client.
 */
export function createSocketWatch(options: SocketWatchOptions = {}): WatchSession {
  return (session) => {
    const { follow, stop } = createConnection(session, options)
    session.listen(follow)
    follow()
    return stop
  }
}

function createConnection(session: WatchedSession, options: SocketWatchOptions) {
  const { WebSocket = globalThis.WebSocket, clock = deviceClock, random = drawFraction } = options
  let token: string | undefined
  let socket: WebSocket | undefined
  let cancel: () => void = () => undefined
  let failures = 0

  function open(): void {
    if (!token) return
    const opened = new WebSocket(toSocketUrl(session.url), 'graphql-transport-ws')
    const send = (message: object) => opened.send(JSON.stringify(message))
    const payload = { authorization: `Bearer ${token}` }
    opened.onopen = () => send({ type: 'connection_init', payload })
    opened.onmessage = ({ data }: MessageEvent<unknown>) => {
      failures = 0
      receive(JSON.parse(String(data)) as ServerMessage, send)
    }
    opened.onerror = () => undefined
    opened.onclose = ({ code }) => {
      if (opened !== socket) return
      if (code === UNAUTHENTICATED) session.check()
      if (!FINAL_CODES.includes(code)) retry()
    }
    socket = opened
  }

  function receive({ type, payload }: ServerMessage, send: (message: object) => void): void {
    if (type === 'connection_ack') send(SUBSCRIBE)
    if (type === 'ping') send({ type: 'pong' })
    const event = payload?.data?.sessionEvents
    if (event?.kind === 'ENDED') session.noteEnd(event.sessionId, event.reason ?? 'ENDED')
  }

  function retry(): void {
    const ms = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** failures) * (0.5 + random() / 2)
    failures += 1
    cancel = clock.startTimer(ms, open)
  }

  function stop(): void {
    cancel()
    const closing = socket
    socket = undefined
    closing?.close()
  }

  return {
    follow: () => {
      const next = session.getToken()
      if (next === token) return
      token = next
      stop()
      open()
    },
    stop,
  }
}

function toSocketUrl(url: string): string {
  const { location } = globalThis as { location?: { href: string } }
  return new URL(url, location?.href).href.replace(/^http/, 'ws')
}
