import { describe, expect, it } from 'vitest'
import { createCircuitBreaker } from '../../../src/adapters/resilience/circuit-breaker.ts'
import { logCircuit } from '../../../src/adapters/resilience/circuit-log.ts'
import { createRecordingLogger } from '../../support/recording-logger.ts'

describe('the circuit of a backend', () => {
  it('is logged when it opens and when it closes, once for each outage', async () => {
    const log = createRecordingLogger()
    const onChange = logCircuit(log, 'redis reads')
    const circuit = createCircuitBreaker({ failures: 2, halfOpenAfterMs: 0, onChange })
    const fail = () => circuit.run(() => Promise.reject(new Error('down'))).catch(() => undefined)
    const succeed = () => circuit.run(async () => 'up')

    await fail()
    expect(log.entries).toEqual([])
    // The second failure opens the circuit, the others are attempts to close it.
    for (let attempt = 0; attempt < 4; attempt += 1) await fail()
    expect(log.entries.map(({ level, event }) => [level, event])).toEqual([['warn', 'circuit.opened']])
    await succeed()
    await succeed()
    expect(log.entries.map(({ event }) => event)).toEqual(['circuit.opened', 'circuit.closed'])
    expect(log.entries[1]?.facts).toMatchObject({ backend: 'redis reads', ms: expect.any(Number) })

    for (let attempt = 0; attempt < 2; attempt += 1) await fail()
    expect(log.entries.map(({ event }) => event).at(-1)).toBe('circuit.opened')
  })
})
