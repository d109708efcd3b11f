import { SECOND_MS } from '../../core/duration.ts'
import type { Logger } from '../../ports/logger.ts'
import type { Channel } from '../../core/channel.ts'
import type { MessageSender } from '../../ports/message-senders.ts'
import type { DeliveryResult, MessageTransport } from '../../ports/message-transport.ts'
import type { Metrics } from '../../ports/metrics.ts'
import { createCircuitBreaker } from '../resilience/circuit-breaker.ts'
import { logCircuit } from '../resilience/circuit-log.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { TransportError } from './transport-error.ts'

/** Options of a fail-over. */
export interface FailOverOptions<Message> {
  readonly channel: Channel
  /** In order of preference. */
  readonly transports: readonly MessageTransport<Message>[]
  readonly metrics: Metrics
  readonly log: Logger
  /** Timeout of one transport in milliseconds. */
  readonly sendTimeoutMs?: number
  /** Consecutive failures after which a transport is skipped. */
  readonly failures?: number
  /** Milliseconds until a skipped transport is tried again with one message. */
  readonly halfOpenAfterMs?: number
}

/** Four transports in a row time out before the lease of the message ends. */
const SEND_TIMEOUT_MS = 8 * SECOND_MS
const FAILURES = 5
const HALF_OPEN_AFTER_MS = 10 * SECOND_MS

/**
 * Sends each message by the first working transport. After a failure the next one is tried, and a transport
 * that keeps failing is skipped for a while. A permanent rejection is final: other transports would reject
 * the message too.
 *
 * Written by hand because cockatiel's fallback has one substitute per policy, and here each transport has its
 * own circuit.
 */
export function createFailOver<Message extends { readonly id: string }>({
  channel,
  transports,
  metrics,
  log,
  sendTimeoutMs = SEND_TIMEOUT_MS,
  failures = FAILURES,
  halfOpenAfterMs = HALF_OPEN_AFTER_MS,
}: FailOverOptions<Message>): MessageSender<Message> {
  for (const { name } of transports)
    for (const result of ['sent', 'refused', 'failed'] as const)
      metrics.count('gateway_messages_total', { channel, transport: name, result }, 0)
  const guarded = transports.map((transport) => ({
    transport,
    circuitBreaker: createCircuitBreaker({
      ...{ failures, halfOpenAfterMs },
      onChange: logCircuit(log, `${channel} ${transport.name}`),
    }),
  }))

  async function attempt(transport: MessageTransport<Message>, message: Message): Promise<DeliveryResult> {
    const controller = new AbortController()
    const count = (result: DeliveryResult | 'failed') =>
      metrics.count('gateway_messages_total', { channel, transport: transport.name, result })
    try {
      const deliveryResult = await withDeadline(
        () => transport.send(message, controller.signal),
        sendTimeoutMs,
      )
      count(deliveryResult)
      return deliveryResult
    } catch (err) {
      count('failed')
      const facts = { err, transport: transport.name, channel, message: message.id }
      log.warn({ event: 'delivery.transport_failed', ...facts }, 'message transport failed')
      throw err
    } finally {
      controller.abort()
    }
  }

  return {
    async send(message) {
      for (const { transport, circuitBreaker } of guarded) {
        const deliveryResult = await circuitBreaker.run(() => attempt(transport, message)).catch(() => null)
        if (deliveryResult) return deliveryResult
      }
      throw new TransportError('all message transports failed')
    },
    async close() {
      await Promise.all(transports.map((transport) => transport.close()))
    },
  }
}
