import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEventStream } from '../../src/http/event-stream.ts'

const HEARTBEAT = ':\n\n'

describe('an event stream', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('sends a comment at once and every twelve seconds, so that no proxy closes it as idle', async () => {
    const { body, end } = createEventStream()
    let text = ''
    body.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    await vi.advanceTimersByTimeAsync(0)
    expect(text).toBe(HEARTBEAT)
    await vi.advanceTimersByTimeAsync(36_000)
    expect(text).toBe(HEARTBEAT.repeat(4))
    end()
  })

  it('is closed if the client has not read the last comment by the next one (SR-258)', async () => {
    const { closed, isClosed } = createEventStream()
    vi.advanceTimersByTime(11_000)
    expect(isClosed()).toBe(false)
    vi.advanceTimersByTime(1000)
    await closed
    expect(isClosed()).toBe(true)
  })

  it('is closed if the client leaves more than 64 KB unread (SR-258)', async () => {
    const { closed, isClosed, send } = createEventStream()
    for (let sent = 0; sent < 60; sent += 1) send({ data: 'x'.repeat(1000) })
    expect(isClosed()).toBe(false)
    for (let sent = 0; sent < 8; sent += 1) send({ data: 'x'.repeat(1000) })
    await closed
    expect(isClosed()).toBe(true)
  })

  it('closes within a second after its end, also if the client does not read (SR-258)', async () => {
    const { closed, isClosed, complete, send } = createEventStream()
    complete()
    send({ data: null })
    vi.advanceTimersByTime(1000)
    await closed
    expect(isClosed()).toBe(true)
  })
})
