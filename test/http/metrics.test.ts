import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { RegisterPhoneDocument } from '../generated/graphql.ts'
import { gatewayProcesses, signUpAt } from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

describe('the metrics', () => {
  const { folder, start } = gatewayProcesses()
  const [smallest] = BACKENDS as readonly [Backend]
  let gateway: TestGateway
  let other: TestGateway
  let address: string
  beforeAll(async () => {
    gateway = await startGateway(smallest, { METRICS_PORT: '0' })
    other = await startGateway(smallest, { METRICS_PORT: '0' })
    address = await gateway.app.metrics.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(async () => {
    await gateway.close()
    await other.close()
  })
  const read = async (url = address) => (await fetch(url)).text()

  it('count the messages of this gateway, and of no other in the process', async () => {
    await gateway.signUp()
    const line = 'gateway_messages_total{channel="EMAIL",transport="outbox",result="sent"} 1'
    await eventually(async () => (await read()).includes(line))
    await eventually(async () => (await read()).includes('\ngateway_messages_waiting 0\n'))
    const second = await other.app.metrics.listen({ host: '127.0.0.1', port: 0 })
    expect(await read(second)).toContain(line.replace(/1$/, '0'))
  })

  it('include those of the process, in the Prometheus text format', async () => {
    const response = await fetch(address)
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const text = await response.text()
    for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds'])
      expect(text).toContain(`# TYPE ${name} gauge`)
  })

  it('show how many codes of a prefix were sent and verified, and no address (SR-093)', async () => {
    const { email } = await gateway.signUp()
    await gateway.ask(RegisterPhoneDocument, { input: { phone: '+447400123456' } })
    const text = await read()
    expect(text).toContain('gateway_sms_codes_total{prefix="+447400",fact="sent"} 1')
    expect(text).not.toContain(email.split('@')[0])
    expect(text).not.toContain('+447400123456')
  })

  it('are the only route of their server, and not served on the public one', async () => {
    const at = (path: string, method = 'GET') =>
      fetch(new URL(path, address), { method }).then(({ status }) => status)
    expect([await at('/'), await at('/graphql'), await at('/metrics', 'POST')]).toEqual([404, 404, 405])
    expect((await gateway.app.http.app.inject('/metrics')).statusCode).toBe(404)
  })

  it('omit the values of a database that is not available', async () => {
    await gateway.sql('ALTER TABLE outgoing_messages RENAME TO away')
    const text = await read()
    await gateway.sql('ALTER TABLE away RENAME TO outgoing_messages')
    expect(text).not.toMatch(/^gateway_(messages_waiting|oldest_message_age_seconds) \d/m)
    expect(text).toContain('gateway_messages_total{')
    expect(await read()).toMatch(/^gateway_messages_waiting \d/m)
  })

  it('are served by the process if METRICS_PORT is set', async () => {
    const served = await start({ DATA_DIR: folder(), METRICS_PORT: '0' })
    await signUpAt(served)
    const [, url = ''] = /"metrics":"([^"]+)"/.exec(served.output()) ?? []
    await eventually(async () => (await read(url)).includes('result="sent"} 1'))
    expect(await served.stop()).toBe(0)
    await expect(read(url)).rejects.toThrow()
    const silent = await start({ DATA_DIR: folder() })
    expect(silent.output()).toContain('"metrics":null')
  })
})
