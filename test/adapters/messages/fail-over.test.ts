import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFailOver } from '../../../src/adapters/messages/fail-over.ts'
import { createMetrics } from '../../../src/adapters/metrics/prometheus.ts'
import type { HandOver, Transport } from '../../../src/ports/message-transport.ts'

type Message = { readonly id: string }
const LOG = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A transport that does as it is told, and notes what it is asked. */
function transport(name: 'smtp' | 'webhook', behaviour: (signal: AbortSignal) => Promise<HandOver>) {
  const state = { asked: [] as string[], closed: 0, behaviour }
  const way: Transport<Message> = {
    name,
    send: ({ id }, signal) => (state.asked.push(id), state.behaviour(signal)),
    close: async () => void (state.closed += 1),
  }
  return { way, state }
}

const works = async (): Promise<HandOver> => 'sent'
const fails = () => Promise.reject(new Error('away'))

function carrier(
  ways: readonly Transport<Message>[],
  options: { sendMs?: number; halfOpenAfterMs?: number } = {},
) {
  const metrics = createMetrics({ ofProcess: false })
  return createFailOver({ channel: 'EMAIL', transports: ways, metrics, log: LOG, ...options })
}

describe('a list of transports', () => {
  it('asks the second only where the first fails, and nobody where it refuses', async () => {
    const [first, second] = [transport('smtp', works), transport('webhook', works)]
    const mail = carrier([first.way, second.way])
    expect(await mail.send({ id: 'a' })).toBe('sent')
    first.state.behaviour = fails
    expect(await mail.send({ id: 'b' })).toBe('sent')
    first.state.behaviour = async () => 'refused'
    expect(await mail.send({ id: 'c' })).toBe('refused')
    expect([first.state.asked, second.state.asked]).toEqual([['a', 'b', 'c'], ['b']])
  })

  it('fails when all do', async () => {
    const mail = carrier([transport('smtp', fails).way, transport('webhook', fails).way])
    await expect(mail.send({ id: 'a' })).rejects.toThrow('no transport took the message over')
  })

  it('gives up on one that hangs, tells it so, and goes on', async () => {
    let aborted = false
    const hangs = transport(
      'smtp',
      (signal) => new Promise(() => signal.addEventListener('abort', () => (aborted = true))),
    )
    const mail = carrier([hangs.way, transport('webhook', works).way], { sendMs: 50 })
    expect(await mail.send({ id: 'a' })).toBe('sent')
    expect(aborted).toBe(true)
  })

  it('passes over one that failed five times in a row, and comes back to it', async () => {
    const [first, second] = [transport('smtp', fails), transport('webhook', works)]
    const mail = carrier([first.way, second.way], { halfOpenAfterMs: 100 })
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await mail.send({ id })
    expect(first.state.asked).toEqual(['a', 'b', 'c', 'd', 'e'])
    first.state.behaviour = works
    await sleep(150)
    await mail.send({ id: 'h' })
    await mail.send({ id: 'i' })
    expect(first.state.asked.slice(5)).toEqual(['h', 'i'])
    expect(second.state.asked).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  })

  it('closes every one', async () => {
    const [first, second] = [transport('smtp', works), transport('webhook', works)]
    await carrier([first.way, second.way]).close()
    expect([first.state.closed, second.state.closed]).toEqual([1, 1])
  })
})
