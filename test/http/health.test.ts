import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../src/adapters/state-store/memory.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

describe('health checks', () => {
  let gateway: TestGateway | undefined
  afterEach(() => gateway?.close())

  it('report liveness without the stores, readiness with them, and no versions, hosts or causes (SR-169)', async () => {
    let fails = false
    let pings = 0
    const memory = createMemoryStore({ now: Date.now })
    const ping = async () => {
      pings += 1
      if (fails) throw new Error('connect ECONNREFUSED redis://10.1.2.3:6379 (Redis 7.0.15)')
    }
    const [, backend] = BACKENDS as readonly [Backend, Backend]
    gateway = await startGateway(backend, {}, { store: { ...memory, ping } })
    const { app } = gateway.app.http
    const check = async (url: string) => {
      const { statusCode, body, headers } = await app.inject(url)
      expect(headers['cache-control']).toBe('no-store')
      expect(body + JSON.stringify(headers)).not.toMatch(
        /\d+\.\d+\.\d+|redis|sqlite|postgres|ECONN|127\.0\.0\.1|node/i,
      )
      return [statusCode, JSON.parse(body)] as unknown
    }
    const checks = (stateStore: string) => ({ database: 'ok', stateStore, migrations: 'ok', keys: 'ok' })
    expect(await check('/livez')).toEqual([200, { status: 'ok' }])
    expect(pings).toBe(0)
    expect(await check('/readyz')).toEqual([200, { status: 'ok', checks: checks('ok') }])
    fails = true
    expect(await check('/livez')).toEqual([200, { status: 'ok' }])
    for (const url of ['/readyz', '/healthz'])
      expect(await check(url)).toEqual([503, { status: 'unavailable', checks: checks('unavailable') }])
    fails = false
    expect(await check('/readyz')).toEqual([200, { status: 'ok', checks: checks('ok') }])
  })
})
