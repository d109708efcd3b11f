import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EXTREMES, readRows } from '../support/backends.ts'
import { startGateway } from '../support/gateway.ts'
import {
  gatewayProcesses,
  postTo,
  signUpAt,
  type GatewayProcess,
} from '../support/servers/gateway-process.ts'
import { eventually } from '../support/servers/processes.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const LEVELS = ['debug', 'info', 'warn', 'audit', 'error', 'fatal']

type Entry = Readonly<Record<string, unknown>>

/** The entries of the log so far; development also prints text for people. */
function entriesOf(gateway: GatewayProcess): Entry[] {
  const lines = gateway.output().split('\n')
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Entry)
}

/** The line of the request with an id. */
function requestLine(gateway: GatewayProcess, requestId: string): Promise<Entry> {
  return eventually(async () => {
    const lines = entriesOf(gateway).filter(({ event }) => event === 'http.request_completed')
    return lines.find((line) => line['requestId'] === requestId) ?? false
  })
}

describe('the log', () => {
  const { folder, start } = gatewayProcesses()

  it('joins the lines of a request by its id, its trace, its operation and its account (SR-192)', async () => {
    const home = folder()
    const gateway = await start({ DATA_DIR: home })
    const { address } = gateway
    const headers = {
      authorization: `Bearer ${await signUpAt(gateway)}`,
      'x-request-id': 'front-7f0c.12',
      traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
    }
    // Development shows the whole message: its first line has no code.
    await eventually(async () => /✉ to ada@example.com.*\n(.*\n)*?.*\d{6}/.test(gateway.output()))
    const name = `Me${'e'.repeat(80)}`
    const me = await postTo(address, `query ${name} { me { id } }`, {}, headers)
    expect(me.headers.get('x-request-id')).toBe('front-7f0c.12')
    const line = await requestLine(gateway, 'front-7f0c.12')
    expect(line).toMatchObject({
      level: 'info',
      traceId: TRACE_ID,
      operation: name.slice(0, 64),
      userId: me.data?.['me']?.['id'],
      sessionId: expect.any(String),
      status: 200,
    })
    expect(line).not.toHaveProperty('codes')

    await readRows(`file:${join(home, 'gateway.db')}`, 'DROP TABLE posts')
    const failed = await postTo(
      address,
      '{ posts { totalCount } }',
      {},
      { ...headers, 'x-request-id': 'front-7f0c.13' },
    )
    const errorId = failed.errors?.[0]?.extensions['errorId']
    expect(await requestLine(gateway, 'front-7f0c.13')).toMatchObject({
      operation: null,
      codes: ['INTERNAL_SERVER_ERROR'],
      errorIds: [errorId],
    })
    expect(entriesOf(gateway).find((entry) => entry['errorId'] === errorId)).toMatchObject({
      level: 'error',
      event: 'graphql.unhandled_error',
      requestId: 'front-7f0c.13',
      traceId: TRACE_ID,
    })
  })

  it('replaces ids of a request that are too short, too long or of other characters (SR-192)', async () => {
    const gateway = await start({ DATA_DIR: folder() })
    for (const sent of ['short', 'x'.repeat(129), 'id with spaces', 'id"},{"forged', '<script>1</script>']) {
      const { headers } = await fetch(`${gateway.address}/nowhere`, {
        headers: { 'x-request-id': sent, traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` },
      })
      const id = headers.get('x-request-id') ?? ''
      expect(id).toMatch(/^[\w-]{20,}$/)
      const line = await requestLine(gateway, id)
      expect(line).toMatchObject({ route: 'none', status: 404, codes: ['NOT_FOUND'] })
      expect(line).not.toHaveProperty('traceId')
    }
    expect((await fetch(`${gateway.address}/%`)).headers.get('x-request-id')).toMatch(/^[\w-]{20,}$/)
  })

  it('has an event and a level in words in every entry, and none of probes (SR-192)', async () => {
    const gateway = await start({ DATA_DIR: folder(), METRICS_PORT: '0' })
    for (const path of ['/livez', '/readyz', '/healthz', '/verify-email'])
      await fetch(`${gateway.address}${path}`)
    expect(await gateway.stop()).toBe(0)
    const entries = entriesOf(gateway)
    expect(entries.filter(({ event }) => typeof event !== 'string')).toEqual([])
    expect(entries.filter(({ level }) => !LEVELS.includes(String(level)))).toEqual([])
    expect(entries.filter(({ log }) => log === 'api').flatMap(({ route }) => route ?? [])).toEqual([
      '/verify-email',
    ])
    expect(entries.filter(({ event }) => event === 'server.listening')).toHaveLength(1)
    expect(gateway.output()).not.toContain('Server listening at')
  })

  it('keeps security events with LOG_LEVEL=warn (SR-193)', async () => {
    const lines: string[] = []
    const log = { write: (line: string) => void lines.push(line) }
    const [backend] = EXTREMES
    if (!backend) throw new Error('no backend')
    const gateway = await startGateway(backend, { LOG_LEVEL: 'warn' }, { log })
    await gateway.signUp()
    await gateway.close()
    // A slow machine causes warnings of that stream.
    const entries = lines.map((line) => JSON.parse(line) as Entry).filter(({ log }) => log !== 'performance')
    expect(entries.map(({ event }) => event)).toContain('authn_token_created')
    expect(entries.map(({ event }) => event)).not.toContain('http.request_completed')
    expect(new Set(entries.map(({ level }) => level))).toEqual(new Set(['audit']))
  })
})
