import type { Log } from '../../ports/log.ts'
import type { Carrier, HandOver, Transport } from '../../ports/message-transport.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { TransportError } from './transport-error.ts'

/** What the fail-over needs. */
export interface FailOverOptions<Message> {
  readonly channel: 'EMAIL' | 'SMS'
  /** In the order that they are tried in. */
  readonly transports: readonly Transport<Message>[]
  readonly metrics: Metrics
  readonly log: Log
  /** Milliseconds that one transport may take. */
  readonly sendMs?: number
  /** Failures in a row after which a transport is passed over. */
  readonly failures?: number
  /** Milliseconds until one message tries it again. */
  readonly halfOpenAfterMs?: number
}

/** Four transports in a row are over well before somebody else may take the message up. */
const SEND_MS = 8000
const FAILURES = 5
const HALF_OPEN_AFTER_MS = 10_000

/**
 * Sends each message by the first transport that takes it. One that fails is followed by the next; one that keeps failing is
 * passed over for a while. A transport that refuses a message for good has answered: the next would be told the same.
 */
export function createFailOver<Message extends { readonly id: string }>({
  channel,
  transports,
  metrics,
  log,
  sendMs = SEND_MS,
  failures = FAILURES,
  halfOpenAfterMs = HALF_OPEN_AFTER_MS,
}: FailOverOptions<Message>): Carrier<Message> {
  const guarded = transports.map((transport) => ({
    transport,
    circuit: createCircuitBreaker({ failures, halfOpenAfterMs, isOutage: () => true }),
  }))

  async function attempt(transport: Transport<Message>, message: Message): Promise<HandOver> {
    const giveUp = new AbortController()
    const count = (result: HandOver | 'failed') =>
      metrics.count('gateway_messages_total', { channel, transport: transport.name, result })
    try {
      const handOver = await withDeadline(() => transport.send(message, giveUp.signal), sendMs)
      count(handOver)
      return handOver
    } catch (err) {
      count('failed')
      log.warn({ err, transport: transport.name, channel, message: message.id }, 'a transport failed')
      throw err
    } finally {
      giveUp.abort()
    }
  }

  return {
    async send(message) {
      for (const { transport, circuit } of guarded) {
        const handOver = await circuit.run(() => attempt(transport, message)).catch(() => null)
        if (handOver) return handOver
      }
      throw new TransportError('no transport took the message over')
    },
    async close() {
      await Promise.all(transports.map((transport) => transport.close()))
    },
  }
}
