import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { launchNode, type Server } from '../bench/servers.ts'
import { launchBrowser } from '../test/support/browser.ts'
import { readPanels, type Panel } from '../test/support/promql.ts'
import { postTo } from '../test/support/servers/gateway-process.ts'
import { freePort } from '../test/support/servers/processes.ts'
import {
  startPrometheus,
  type PrometheusServer,
  type ResultSeries,
} from '../test/support/servers/prometheus.ts'
import { startProvider, type Provider } from '../test/support/servers/provider.ts'
import { startRedis } from '../test/support/servers/redis.ts'
import { liveAt } from '../test/support/sign-in-life.ts'
import { drawDashboard, type ChartLine, type DrawnPanel } from './monitoring-charts.ts'

// Draws docs/images/monitoring.png: the panels of the dashboard from two nodes under load, while the provider
// of messages fails for a time.

const FILE = join(resolve(import.meta.dirname, '..'), 'docs/images/monitoring.png')
/** Most bytes of the picture. */
const MAX_BYTES = 400_000
/** The load, in seconds; the provider fails from the second time to the third. */
const [LOAD_SECONDS, FAILS_AFTER, WORKS_AFTER] = [90, 45, 60]
const RATE_INTERVAL = '10s'
const REQUEST =
  'mutation RequestOtp($email: String!) { requestOtp(input: { email: $email, purpose: LOGIN }) { messageKey } }'

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-monitoring-'))
  const [redis, provider] = [await startRedis(), await startProvider()]
  const ports = [await freePort(), await freePort()]
  const settings = {
    DATA_DIR: folder,
    REDIS_URL: redis.url,
    RATE_LIMIT_SCALE: '20',
    GATEWAY_SECRET: randomBytes(32).toString('base64'),
    MAIL_TRANSPORTS: 'webhook',
    MESSAGE_WEBHOOK_URL: provider.url,
    MESSAGE_WEBHOOK_SECRET: randomBytes(32).toString('base64'),
  }
  const nodes: Server[] = []
  for (const port of ports) nodes.push(await launchNode({ ...settings, METRICS_PORT: String(port) }, null))
  const targets = Object.fromEntries(ports.map((port, index) => [`node-${index + 1}`, `127.0.0.1:${port}`]))
  const prometheus = await startPrometheus({ targets })
  await applyLoad(nodes, provider)
  await drawPicture(prometheus)
  await prometheus.stop()
  for (const node of nodes) await node.stop()
  await provider.close()
  await redis.stop()
  rmSync(folder, { recursive: true })
}

/** Lives of users at both nodes, first few and then more, and one address that is asked for too often. */
async function applyLoad(nodes: readonly Server[], provider: Provider): Promise<void> {
  const startedAt = performance.now()
  const readSeconds = () => (performance.now() - startedAt) / 1000
  provider.answer = () => (readSeconds() > FAILS_AFTER && readSeconds() < WORKS_AFTER ? 503 : 202)
  const liveAgain = async ({ address }: Server, name: string) => {
    for (let life = 0; readSeconds() < LOAD_SECONDS; life += 1) {
      await liveAt(address, `${name}${life}@example.com`)
      await postTo(address, REQUEST, { email: 'impatient@example.com' })
      // More load towards the middle.
      await sleep(400 + 1600 * Math.abs(readSeconds() / LOAD_SECONDS - 0.5))
    }
  }
  await Promise.all(nodes.map((node, index) => liveAgain(node, `person${index}.`)))
}

async function drawPicture(prometheus: PrometheusServer): Promise<void> {
  const end = Math.floor(Date.now() / 1000) - 1
  const range = { start: end - LOAD_SECONDS + 15, end, step: 1 }
  const panels: DrawnPanel[] = []
  for (const panel of readPanels(RATE_INTERVAL)) {
    const lines: ChartLine[] = []
    for (const target of panel.targets ?? [])
      lines.push(...toLines(await prometheus.queryRange(target.expr, range), target))
    if (panel.type !== 'row' && lines.length === 0) throw new Error(`no data: ${panel.title}`)
    panels.push({ panel, lines })
  }
  const { svg, width, height } = drawDashboard(panels, [range.start, range.end])
  const browser = await launchBrowser()
  const page = await browser.newPage({ viewport: { width, height } })
  await page.setContent(`<body style="margin: 0">${svg}</body>`)
  await page.screenshot({ path: FILE })
  await browser.close()
  const { size } = statSync(FILE)
  if (size > MAX_BYTES) throw new Error(`${FILE} has ${size} bytes, more than ${MAX_BYTES}`)
  process.stdout.write(`${FILE} ${size}\n`)
}

function toLines(
  series: readonly ResultSeries[],
  { legendFormat }: NonNullable<Panel['targets']>[number],
): ChartLine[] {
  return series.map(({ metric, values = [] }) => ({
    name: legendFormat.replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    points: values
      .map(([time, value]) => [time, Number(value)] as const)
      .filter(([, value]) => !Number.isNaN(value)),
  }))
}

await main()
