import { SILENT_LOGGER } from '../../support/silent-logger.ts'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFailOver } from '../../../src/adapters/messages/fail-over.ts'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import type { DeliveryResult, MessageTransport } from '../../../src/ports/message-transport.ts'

type Message = { readonly id: string }

/** A transport with a scripted behaviour that records its messages. */
function createTransport(
  name: 'smtp' | 'webhook',
  behaviour: (signal: AbortSignal) => Promise<DeliveryResult>,
) {
  const state = { received: [] as string[], closed: 0, behaviour }
  const transport: MessageTransport<Message> = {
    name,
    send: ({ id }, signal) => (state.received.push(id), state.behaviour(signal)),
    close: async () => void (state.closed += 1),
  }
  return { transport, state }
}

const works = async (): Promise<DeliveryResult> => 'sent'
const fails = () => Promise.reject(new Error('down'))

function openFailOver(
  transports: readonly MessageTransport<Message>[],
  options: { sendTimeoutMs?: number; halfOpenAfterMs?: number } = {},
) {
  const metrics = createMetrics({ ofProcess: false })
  return createFailOver({ channel: 'EMAIL', transports, metrics, log: SILENT_LOGGER, ...options })
}

describe('a fail-over', () => {
  it('uses the second transport only when the first fails, and not when it rejects the message', async () => {
    const [first, second] = [createTransport('smtp', works), createTransport('webhook', works)]
    const mail = openFailOver([first.transport, second.transport])
    expect(await mail.send({ id: 'a' })).toBe('sent')
    first.state.behaviour = fails
    expect(await mail.send({ id: 'b' })).toBe('sent')
    first.state.behaviour = async () => 'refused'
    expect(await mail.send({ id: 'c' })).toBe('refused')
    expect([first.state.received, second.state.received]).toEqual([['a', 'b', 'c'], ['b']])
  })

  it('fails when all transports fail', async () => {
    const mail = openFailOver([
      createTransport('smtp', fails).transport,
      createTransport('webhook', fails).transport,
    ])
    await expect(mail.send({ id: 'a' })).rejects.toThrow('all message transports failed')
  })

  it('aborts a hanging transport and uses the next', async () => {
    let aborted = false
    const hanging = createTransport(
      'smtp',
      (signal) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
    )
    const mail = openFailOver([hanging.transport, createTransport('webhook', works).transport], {
      sendTimeoutMs: 50,
    })
    expect(await mail.send({ id: 'a' })).toBe('sent')
    expect(aborted).toBe(true)
  })

  it('skips a transport after five consecutive failures, and retries it later', async () => {
    const [first, second] = [createTransport('smtp', fails), createTransport('webhook', works)]
    const mail = openFailOver([first.transport, second.transport], { halfOpenAfterMs: 100 })
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await mail.send({ id })
    expect(first.state.received).toEqual(['a', 'b', 'c', 'd', 'e'])
    first.state.behaviour = works
    await sleep(150)
    await mail.send({ id: 'h' })
    await mail.send({ id: 'i' })
    expect(first.state.received.slice(5)).toEqual(['h', 'i'])
    expect(second.state.received).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })

  it('closes all transports', async () => {
    const [first, second] = [createTransport('smtp', works), createTransport('webhook', works)]
    await openFailOver([first.transport, second.transport]).close()
    expect([first.state.closed, second.state.closed]).toEqual([1, 1])
  })
})
