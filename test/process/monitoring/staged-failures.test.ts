import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { byWebhook } from '../../features/message-steps.ts'
import { removeFolder, temporaryFolder } from '../../support/backends.ts'
import { findExpressionProblems, readPanels, readRules, type Panel } from '../../support/promql.ts'
import { describeWith } from '../../support/servers/binaries.ts'
import { startGatewayProcess, type GatewayProcess } from '../../support/servers/gateway-process.ts'
import { eventually } from '../../support/servers/processes.ts'
import { startPrometheus, type PrometheusServer, type RaisedAlert } from '../../support/servers/prometheus.ts'
import { startProvider, type Provider } from '../../support/servers/provider.ts'
import { startRedis, type RedisServer } from '../../support/servers/redis.ts'
import { liveAt } from '../../support/sign-in-life.ts'

/** The alerts as they are shipped, with a short `for`. */
function buildQuickRules(): string {
  const groups = readRules().groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => (rule.for === undefined ? rule : { ...rule, for: '1s' })),
  }))
  return stringify({ groups })
}

const panels = readPanels('1m').filter(({ type }) => type !== 'row')

it.each(panels)(
  'the panel $title reads declared metrics, and says what it shows',
  ({ targets, description }) => {
    expect(targets?.flatMap(({ expr }) => findExpressionProblems(expr))).toEqual([])
    expect(description?.length).toBeGreaterThan(10)
  },
)

describeWith(['redis', 'prometheus'], 'two nodes that Prometheus scrapes', () => {
  const folder = temporaryFolder()
  let redis: RedisServer
  let provider: Provider
  let nodes: readonly GatewayProcess[] = []
  let prometheus: PrometheusServer
  let lives = 0

  beforeAll(async () => {
    redis = await startRedis()
    provider = await startProvider()
    const settings = {
      DATA_DIR: folder,
      REDIS_URL: redis.url,
      METRICS_PORT: '0',
      GATEWAY_SECRET: randomBytes(32).toString('base64'),
      ...byWebhook(provider),
    }
    nodes = [await startGatewayProcess(settings), await startGatewayProcess(settings)]
    const targets = nodes.map((node, index) => [`node-${index + 1}`, readMetricsHost(node)])
    prometheus = await startPrometheus({
      targets: Object.fromEntries(targets) as Record<string, string>,
      rules: buildQuickRules(),
    })
  })
  afterAll(async () => {
    await prometheus.stop()
    for (const node of nodes) await node.stop('SIGKILL')
    await provider.close()
    await redis.stop()
    removeFolder(folder)
  })

  /** One more life at each node. */
  const live = () =>
    Promise.all(nodes.map(({ address }) => liveAt(address, `person${(lives += 1)}@example.com`)))

  async function findEmpty(): Promise<string[]> {
    const empty = await Promise.all(
      panels.map(async ({ title, targets = [] }: Panel) => {
        const results = await Promise.all(targets.map(({ expr }) => prometheus.query(expr)))
        const hasValue = results.every((series) =>
          series.some(({ value }) => Number.isFinite(Number(value?.[1]))),
        )
        return hasValue ? [] : [title]
      }),
    )
    return empty.flat()
  }

  const findFiring = async (name: string): Promise<readonly RaisedAlert[]> =>
    (await prometheus.alerts()).filter(
      ({ labels, state }) => labels['alertname'] === name && state === 'firing',
    )

  const untilFiring = (name: string, times = 1) =>
    eventually(async () => {
      const firing = await findFiring(name)
      return firing.length === times && firing
    }, 60_000)

  it('have data for every panel of the dashboard, and raise no alert of an outage', async () => {
    await live()
    let empty: readonly string[] = []
    await eventually(async () => {
      await live()
      empty = await findEmpty()
      return empty.length === 0
    }, 60_000).catch((error: unknown) => {
      throw new Error(`no data: ${empty.join(', ')}`, { cause: error })
    })
    const raised = (await prometheus.alerts()).map(({ labels }) => labels['alertname'])
    const outages = ['GatewayDown', 'GatewayDatabaseDown', 'GatewayStateStoreDown', 'GatewayMessagesDropped']
    expect(raised.filter((name) => outages.includes(name ?? ''))).toEqual([])
  })

  it('raise GatewayTransportFailing when the provider of messages fails', async () => {
    provider.answer = () => 503
    await live()
    const [alert] = await untilFiring('GatewayTransportFailing')
    expect(alert?.labels).toMatchObject({ channel: 'EMAIL', transport: 'webhook', severity: 'warning' })
    expect(alert?.annotations['summary']).toBe('The transport webhook fails')
    provider.answer = () => 202
  })

  it('raise GatewayStateStoreDown and GatewayUnavailable when Redis is killed, until it is back', async () => {
    await redis.crash()
    const down = await untilFiring('GatewayStateStoreDown', 2)
    expect(down.map(({ labels }) => labels['instance']).toSorted()).toEqual(['node-1', 'node-2'])
    await eventually(async () => {
      await live()
      return (await findFiring('GatewayUnavailable')).length === 1
    }, 60_000)
    await redis.restart()
    await eventually(async () => (await findFiring('GatewayStateStoreDown')).length === 0, 60_000)
  })

  it('raise GatewayDown for the node that was killed, and for no other', async () => {
    await nodes[1]?.stop('SIGKILL')
    const [alert] = await untilFiring('GatewayDown')
    expect(alert?.labels).toMatchObject({ instance: 'node-2', severity: 'critical' })
    expect(alert?.annotations['summary']).toBe('Gateway node-2 is down')
  })
})

/** `host:port` of the metrics, from the log of the start. */
function readMetricsHost(node: GatewayProcess): string {
  const [, url = ''] = /"metrics":"([^"]+)"/.exec(node.output()) ?? []
  return new URL(url).host
}
