import type { SignedInCaller } from '../core/caller.ts'

/** Limits of WebSockets and event streams, which share their places. All of them are counted on this node. */
export interface SocketLimits {
  /** Open sockets and streams of one session. */
  readonly perSession: number
  /** Open sockets and streams of one account. */
  readonly perAccount: number
  /** Open sockets and streams of one network, also sockets that have not sent a token yet. */
  readonly perNetwork: number
  /** Messages of one socket in one second; as many may arrive at once. */
  readonly messagesPerSecond: number
  /** Messages of one socket whose work or response is not finished, subscriptions included. */
  readonly unfinishedMessages: number
}

/** Counts open sockets and streams by a key. */
export interface SocketCounts {
  /** Counts one more unless one of the keys has reached its limit; false then. */
  claim(places: readonly SocketPlace[]): boolean
  release(places: readonly SocketPlace[]): void
  /** Open sockets and streams of a key. */
  read(place: SocketPlace): number
}

/** A key with the most sockets and streams that it may have. */
export interface SocketPlace {
  readonly key: string
  readonly max: number
}

/** The place of a socket or stream in this process. */
export const PROCESS_PLACE: SocketPlace = { key: 'process', max: 10_000 }

/** Seconds after which a network that has all of its places can try again. */
export const NETWORK_RETRY_SECONDS = 60

/** The place of a socket or stream among those of its network. */
export function toNetworkPlace(network: string, { perNetwork }: SocketLimits): SocketPlace {
  return { key: `network ${network}`, max: perNetwork }
}

/** The places of a socket or stream among those of its session and its account. */
export function toSessionPlaces(
  { sessionId, userId }: Pick<SignedInCaller, 'sessionId' | 'userId'>,
  { perSession, perAccount }: SocketLimits,
): SocketPlace[] {
  return [
    { key: `session ${sessionId}`, max: perSession },
    { key: `account ${userId}`, max: perAccount },
  ]
}

/** Counts without sockets are forgotten. */
export function createSocketCounts(): SocketCounts {
  const counts = new Map<string, number>()
  const read = (key: string) => counts.get(key) ?? 0
  return {
    claim(places) {
      if (places.some(({ key, max }) => read(key) >= max)) return false
      for (const { key } of places) counts.set(key, read(key) + 1)
      return true
    },
    release(places) {
      for (const { key } of places) {
        if (read(key) > 1) counts.set(key, read(key) - 1)
        else counts.delete(key)
      }
    },
    read: ({ key }) => read(key),
  }
}

/** Why a message is refused; the reason of the close event. */
export type MessageRefusal = 'TOO_MANY_MESSAGES' | 'TOO_MANY_UNFINISHED_MESSAGES'

/** Counts the messages of one socket. */
export interface MessageMeter {
  /** Counts a message that arrives; null if it is within the limits. */
  arrive(): MessageRefusal | null
  /** A message that was admitted is finished. */
  finish(): void
}

/** `now`: milliseconds of a monotonic clock. */
export function createMessageMeter(
  { messagesPerSecond, unfinishedMessages }: SocketLimits,
  now = () => performance.now(),
): MessageMeter {
  let tokens = messagesPerSecond
  let filledAt = now()
  let unfinished = 0
  return {
    arrive() {
      const at = now()
      tokens = Math.min(messagesPerSecond, tokens + ((at - filledAt) / 1000) * messagesPerSecond)
      filledAt = at
      if (tokens < 1) return 'TOO_MANY_MESSAGES'
      if (unfinished >= unfinishedMessages) return 'TOO_MANY_UNFINISHED_MESSAGES'
      tokens -= 1
      unfinished += 1
      return null
    },
    finish() {
      unfinished -= 1
    },
  }
}
