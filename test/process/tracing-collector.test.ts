import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exportsTo, listPaths, startCollector } from '../support/servers/collector.ts'
import {
  entriesOf,
  gatewayProcesses,
  postTo,
  signUpAt,
  type PostedResponse,
} from '../support/servers/gateway-process.ts'
import { eventually, freePort } from '../support/servers/processes.ts'

describe('the collector of traces', () => {
  const { folder, start } = gatewayProcesses()
  const isServed = ({ data }: PostedResponse) => data?.['__typename'] !== undefined

  it('may be down: requests are served, and the log says it once until it is back', async () => {
    const port = await freePort()
    const gateway = await start({
      DATA_DIR: folder(),
      ...exportsTo({ url: `http://127.0.0.1:${port}` }),
      OTEL_BSP_MAX_QUEUE_SIZE: '16',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
    })
    const ask = () => postTo(gateway.address, '{ __typename }')
    expect((await Promise.all(Array.from({ length: 40 }, ask))).every(isServed)).toBe(true)
    await eventually(async () => entriesOf(gateway, 'tracing.export_failed').length > 0)
    expect((await Promise.all(Array.from({ length: 40 }, ask))).every(isServed)).toBe(true)
    const collector = await startCollector(port)
    await eventually(async () => {
      await ask()
      return entriesOf(gateway, 'tracing.export_recovered').length > 0
    })
    expect(entriesOf(gateway, 'tracing.export_failed')).toMatchObject([{ reason: 'ECONNREFUSED' }])
    expect(collector.spans().length).toBeGreaterThan(0)
    expect(await gateway.stop()).toBe(0)
    await collector.close()
  })

  it('may hang: requests are served, and the process still stops in order', async () => {
    const collector = Object.assign(await startCollector(), { answer: 'hang' as const })
    const gateway = await start({
      DATA_DIR: folder(),
      ...exportsTo(collector),
      OTEL_EXPORTER_OTLP_TIMEOUT: '600000',
    })
    await signUpAt(gateway)
    await eventually(async () => collector.exports.length > 0)
    const asked = Array.from({ length: 40 }, () => postTo(gateway.address, '{ __typename }'))
    expect((await Promise.all(asked)).every(isServed)).toBe(true)
    expect(await gateway.stop()).toBe(0)
    expect(entriesOf(gateway, 'server.stopped')).toHaveLength(1)
    await collector.close()
  })

  it('gets the last spans when the process stops', async () => {
    const collector = await startCollector()
    const settings = { ...exportsTo(collector), OTEL_BSP_SCHEDULE_DELAY: '600000' }
    const gateway = await start({ DATA_DIR: folder(), ...settings })
    await postTo(gateway.address, 'query Last { __typename }')
    expect(collector.exports).toEqual([])
    expect(await gateway.stop('SIGTERM')).toBe(0)
    expect(listPaths(collector.spans())).toContain('POST /graphql > query')
    await collector.close()
  })
})

describe('the SDK', () => {
  const { folder, start } = gatewayProcesses()

  /** The packages of OpenTelemetry that a gateway has loaded by its end. */
  async function findLoaded(settings: Record<string, string>): Promise<string[]> {
    const home = folder()
    const hook = join(home, 'loaded.mjs')
    writeFileSync(
      hook,
      `import Module from 'node:module'
       process.on('exit', () => process.stdout.write('\\nloaded ' + JSON.stringify(Object.keys(Module._cache)) + '\\n'))`,
    )
    const gateway = await start({ DATA_DIR: home, NODE_OPTIONS: `--import=${hook}`, ...settings })
    await postTo(gateway.address, '{ __typename }')
    expect(await gateway.stop()).toBe(0)
    const files = JSON.parse(/^loaded (.*)$/m.exec(gateway.output())?.[1] ?? '[]') as string[]
    expect(files.length).toBeGreaterThan(50)
    const names = files.map((file) => /node_modules\/@opentelemetry\/([^/]+)\//.exec(file)?.[1])
    return [...new Set(names.filter((name) => name !== undefined))].sort()
  }

  it('is loaded only where traces are exported', async () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }
    // prom-client loads the API.
    expect(await findLoaded({})).toEqual(['api'])
    expect(await findLoaded({ ...endpoint, OTEL_SDK_DISABLED: 'true' })).toEqual(['api'])
    expect(await findLoaded(endpoint)).toEqual(
      expect.arrayContaining(['api', 'context-async-hooks', 'core', 'sdk-trace']),
    )
  })
})
