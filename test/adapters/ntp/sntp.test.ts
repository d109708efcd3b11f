import { afterEach, describe, expect, it } from 'vitest'
import { buildRequest, parseResponse } from '../../../src/adapters/ntp/sntp-packet.ts'
import { measureNtpOffset } from '../../../src/adapters/ntp/sntp.ts'
import { systemRandom } from '../../../src/core/secrets.ts'
import { startNtpServer, writeStamp, type NtpBehaviour, type NtpServer } from '../../support/servers/ntp.ts'

/** Most milliseconds by which a busy machine distorts a measurement. */
const TOLERANCE_MS = 1500

describe('the difference from the clock of an NTP server', () => {
  const servers: NtpServer[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop()
  })

  async function start(behaviour: NtpBehaviour): Promise<NtpServer> {
    const server = await startNtpServer(behaviour)
    servers.push(server)
    return server
  }

  const measure = ({ port }: Pick<NtpServer, 'port'>, timeoutMs = 5000) =>
    measureNtpOffset({ host: '127.0.0.1', port }, { local: Date.now, random: systemRandom, timeoutMs })

  it.each([0, 5000, -7000, 86_400_000])('is measured: %s ms', async (offsetMs) => {
    const measured = await measure(await start({ offsetMs }))
    expect(Math.abs(measured - offsetMs)).toBeLessThan(TOLERANCE_MS)
  })

  it('is measured once more after a packet was lost, with another random timestamp', async () => {
    const server = await start({ lost: 1, offsetMs: 60_000 })
    expect(Math.abs((await measure(server, 300)) - 60_000)).toBeLessThan(TOLERANCE_MS)
    const stamps = new Set(server.requests.map((request) => request.subarray(40).toString('hex')))
    expect(stamps.size).toBe(server.requests.length)
    for (const request of server.requests) {
      expect([request.length, request[0]]).toEqual([48, 0x23])
      // Nothing but the random timestamp is told.
      expect(request.subarray(1, 40).every((byte) => byte === 0)).toBe(true)
    }
  })

  it.each<[string, NtpBehaviour['change'], string]>([
    ['no response', () => null, 'does not respond'],
    ['a response to another request', (packet) => packet.fill(1, 24, 32), 'does not respond'],
    ['a packet that is too short', (packet) => packet.subarray(0, 40), 'does not respond'],
    ['the mode of a client', (packet) => packet.fill(0x23, 0, 1), 'does not respond'],
    ['a kiss-o-death packet', (packet) => packet.fill(0, 1, 2), 'refuses to tell the time'],
    ['an unsynchronized clock', (packet) => packet.fill(0b11_100_100, 0, 1), 'is not synchronized'],
    ['a reserved stratum', (packet) => packet.fill(16, 1, 2), 'is not synchronized'],
    ['no time', (packet) => packet.fill(0, 40), 'sends no time'],
  ])('is not known from %s', async (_name, change = (packet) => packet, message) => {
    const server = await start({ change })
    await expect(measure(server, 100)).rejects.toMatchObject({ name: 'SntpError', message })
  })

  it('is not known where nothing listens', async () => {
    const server = await startNtpServer()
    await server.stop()
    await expect(measure(server, 200)).rejects.toThrow(/ECONNREFUSED|does not respond/)
  })

  it('is not known for a name without an address', async () => {
    const server = { host: 'ntp.invalid', port: 123 }
    await expect(measureNtpOffset(server, { local: Date.now, random: systemRandom })).rejects.toMatchObject({
      code: expect.stringMatching(/^E[A-Z_]+$/),
    })
  })

  it('is right on both sides of the year 2036, when NTP begins to count again', () => {
    for (const at of [Date.UTC(2026, 0, 1), Date.UTC(2036, 1, 7, 6, 28, 15), Date.UTC(2040, 0, 1)]) {
      const packet = buildRequest(Buffer.alloc(8))
      packet[1] = 1
      for (const offset of [32, 40]) writeStamp(packet, offset, at + 250)
      expect(parseResponse(packet)).toEqual({ received: at + 250, sent: at + 250 })
    }
  })
})
