import { Readable } from 'node:stream'
import { CLOSE_MS } from './socket-connection.ts'

/** One response of server-sent events with the events of graphql-sse. */
export interface EventStream {
  /** The body of the response. */
  readonly body: Readable
  /** Sends a result, unless the stream has ended. */
  readonly send: (result: object) => void
  /** Ends the stream with the event `complete`: clients do not open another one. */
  readonly complete: () => void
  /** Ends the stream without it: clients resume the subscription on a new stream, with fresh headers. */
  readonly end: () => void
  readonly isClosed: () => boolean
  /** Resolves when the response has ended or the client has disconnected. */
  readonly closed: Promise<void>
}

/** A comment, which clients ignore. */
const HEARTBEAT = ':\n\n'
/**
 * Interval of heartbeats in milliseconds. Proxies close a response that is idle, most of them after 30 to 60
 * seconds.
 */
const HEARTBEAT_MS = 12_000
/** Most characters that a client leaves unread, beside the buffers of its connection. */
const MAX_UNREAD = 65_536
/** The `complete` event. `EventSource` drops an event without data. */
export const COMPLETE_EVENT = 'event: complete\ndata: \n\n'

/** A result as a `next` event. `json` has no line break. */
export function formatNextEvent(json: string): string {
  return `event: next\ndata: ${json}\n\n`
}

/** Opens a stream with a heartbeat, so that its headers are sent at once. */
export function createEventStream(): EventStream {
  const body = new Readable({ read: () => undefined })
  const closed = new Promise<void>((resolve) => body.once('close', () => resolve()))
  const timer = setInterval(beat, HEARTBEAT_MS)
  let isEnded = false

  /** A client that has not read the last heartbeat is gone. */
  function beat(): void {
    if (body.readableLength > 0) body.destroy()
    else write(HEARTBEAT)
  }

  function write(text: string): void {
    if (isEnded || body.destroyed) return
    body.push(text)
    if (body.readableLength > MAX_UNREAD) body.destroy()
  }

  function end(): void {
    if (isEnded) return
    isEnded = true
    body.push(null)
    setTimeout(() => body.destroy(), CLOSE_MS).unref()
  }

  void closed.then(() => clearInterval(timer))
  write(HEARTBEAT)
  return {
    body,
    send: (result) => write(formatNextEvent(JSON.stringify(result))),
    complete() {
      write(COMPLETE_EVENT)
      end()
    },
    end,
    isClosed: () => body.destroyed,
    closed,
  }
}
