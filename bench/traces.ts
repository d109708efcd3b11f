import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startCollector } from '../test/support/servers/collector.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { runCallers } from './callers.ts'
import { buildTable, median, report } from './figures.ts'
import { pinClient, SERVER_CORE } from './process-figures.ts'
import { ME } from './requests.ts'
import { launchGateway, launchNode, USERS, type Gateway } from './servers.ts'
import { repeatQuery } from './workloads.ts'

// What traces cost: processor time of the gateway per request, as a ratio to the same gateway without traces.
// The gateways share their stores and take turns, and medians are reported.

const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 5)
const SECONDS = Number(process.env['BENCH_SECONDS'] ?? 3)
/** Rounds before the measured ones. */
const WARM_UP = 2

const folder = mkdtempSync(join(tmpdir(), 'gateway-bench-'))

/** The settings of each row; the first one is the base of the ratios. */
const buildLevels = (collector: string): Readonly<Record<string, Record<string, string>>> => {
  const on = { OTEL_EXPORTER_OTLP_ENDPOINT: collector }
  const shared = { ...on, OTEL_TRACES_SAMPLER: 'parentbased_traceidratio' }
  return {
    'no traces': {},
    'no trace recorded': { ...on, OTEL_TRACES_SAMPLER: 'always_off' },
    'one trace in a hundred': { ...shared, OTEL_TRACES_SAMPLER_ARG: '0.01' },
    'every trace': on,
  }
}

async function main(): Promise<void> {
  pinClient()
  const [redis, collector] = [await startRedis(), await startCollector()]
  const gateways: Gateway[] = []
  try {
    const stores = { DATA_DIR: folder, REDIS_URL: redis.url }
    const levels = buildLevels(collector.url)
    // Stopped before the measurement: sign-ups would warm one of the gateways up more than the others.
    const seeded = await launchGateway(stores, null)
    await seeded.stop()
    for (const settings of Object.values(levels))
      gateways.push({ ...(await launchNode({ ...stores, ...settings }, SERVER_CORE)), tokens: seeded.tokens })
    const figures = await measure(gateways)
    const rows = Object.keys(levels).map((level, index) => {
      const [cpu = 0, base = 1] = [median(figures[index] ?? []), median(figures[0] ?? [])]
      return [level, (cpu / base).toFixed(2), cpu.toFixed(0)]
    })
    const method = `Node ${process.versions.node}, ${USERS} callers, ${ROUNDS} rounds of ${SECONDS} s of \`${ME}\` on SQLite and Redis.`
    await report('traces', `${buildTable(['traces', 'ratio', 'CPU µs'], rows)}\n\n${method}`)
  } finally {
    for (const gateway of gateways) await gateway.stop()
    await redis.stop()
    await collector.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Processor time of one request in each round, for each gateway. */
async function measure(gateways: readonly Gateway[]): Promise<readonly (readonly number[])[]> {
  const figures = gateways.map((): number[] => [])
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [index, gateway] of gateways.entries()) {
      const { cpu } = await runCallers(gateway, repeatQuery(ME, gateway.tokens), SECONDS)
      // The first rounds warm up.
      if (round >= WARM_UP) figures[index]?.push(cpu)
    }
    console.log(`round ${round + 1} of ${WARM_UP + ROUNDS}`)
  }
  return figures
}

await main()
