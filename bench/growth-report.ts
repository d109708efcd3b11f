import { buildTable } from './figures.ts'
import { formatSize } from './growth-chart.ts'
import type { KeyFigures } from './growth-keys.ts'
import { estimateKeys, estimateRows, HUNDRED_MILLION, sumGigabytes, type Amount } from './growth-paper.ts'
import { OPERATIONS, SAMPLES, type OperationName, type Timings } from './growth-operations.ts'
import type { GrownTables } from './growth-seed.ts'

/** An installation at one size. */
export interface Stage {
  /** Users, and sessions. */
  readonly size: number
  readonly posts: number
  readonly timings: Timings
  /** Of the gateway, after the requests. */
  readonly residentBytes: number
  readonly databaseBytes: number
  /** Of the rows that this step added. */
  readonly bytesPerRow: GrownTables['bytesPerRow']
}

/** An installation while it grows. */
export interface InstallationGrowth {
  readonly name: string
  readonly stages: readonly Stage[]
}

/** All measured figures. */
export interface Growth {
  readonly node: string
  readonly cores: number
  readonly installations: readonly InstallationGrowth[]
  readonly keys: readonly KeyFigures[]
}

/** The ratio of the largest to the smallest size above which a cost counts as growing. */
const GROWING = 1.5

/** The tables of bench/README.md. */
export function describeGrowth(growth: Growth): string {
  const { installations, keys, node, cores } = growth
  const [sqlite, postgres] = installations.map(({ stages }) => stages.at(-1)?.bytesPerRow)
  const tables = [
    buildTable(buildHead(growth, 'ms', ['ratio', 'grows with']), installations.flatMap(listTimings)),
    buildTable(buildHead(growth, 'MB', ['ratio']), installations.flatMap(listMemory)),
    ...(sqlite && postgres ? [buildRowTable(sqlite, postgres), buildPaperTable(postgres, keys)] : []),
    `Node ${node}, ${cores} cores, ${SAMPLES} requests of each kind in turns, medians. ${describePosts(growth)}`,
  ]
  return tables.join('\n\n')
}

function buildHead({ installations }: Growth, unit: string, more: readonly string[]): string[] {
  const sizes = installations[0]?.stages.map(({ size }) => formatSize(size)) ?? []
  return [unit, ...sizes, ...more]
}

function listTimings({ name, stages }: InstallationGrowth): (string | number)[][] {
  return (Object.keys(OPERATIONS) as OperationName[]).map((operation) => {
    const figures = stages.map(({ timings }) => timings[operation])
    const cells = figures.map((figure) => (figure === null ? 'refused' : figure.toFixed(1)))
    const ratio = computeRatio(figures)
    const cause = ratio === null || ratio > GROWING ? OPERATIONS[operation].growsWith : '—'
    return [`${name}: ${OPERATIONS[operation].name}`, ...cells, ratio?.toFixed(1) ?? '—', cause]
  })
}

/** The last figure in relation to the first; null if one of them is missing. */
export function computeRatio(figures: readonly (number | null)[]): number | null {
  const [first, last] = [figures[0] ?? null, figures.at(-1) ?? null]
  return first === null || last === null ? null : last / first
}

function listMemory({ name, stages }: InstallationGrowth): (string | number)[][] {
  const toRow = (what: string, figures: readonly number[]) => [
    `${name}: ${what}`,
    ...figures.map((bytes) => (bytes / 1e6).toFixed(0)),
    computeRatio(figures)?.toFixed(1) ?? '—',
  ]
  return [
    toRow(
      'RSS of the gateway',
      stages.map((stage) => stage.residentBytes),
    ),
    toRow(
      'database',
      stages.map((stage) => stage.databaseBytes),
    ),
  ]
}

type BytesPerRow = GrownTables['bytesPerRow']

function buildRowTable(sqlite: BytesPerRow, postgres: BytesPerRow): string {
  const tables = Object.keys(postgres) as (keyof BytesPerRow)[]
  const rows = tables.map((table) => [`\`${table}\``, sqlite[table], postgres[table]])
  return buildTable(['bytes of a row with its indexes', 'SQLite', 'PostgreSQL'], rows)
}

function buildPaperTable(bytesPerRow: BytesPerRow, keys: readonly KeyFigures[]): string {
  const { rows, refreshes } = estimateRows(HUNDRED_MILLION, bytesPerRow)
  const amounts = [rows, estimateKeys(HUNDRED_MILLION, keys), [refreshes]] as const
  const [inPostgres, inRedis] = amounts
  const total = (name: string, of: readonly Amount[]) => [`**${name}**`, '', '', `**${formatAmount(of)}**`]
  return buildTable(
    ['100 million sessions, on paper', 'millions', 'bytes each', 'GB'],
    [
      ...inPostgres.map(toPaperRow),
      total('PostgreSQL', inPostgres),
      ...inRedis.map(toPaperRow),
      total('Redis', inRedis),
      ['`audit_events` of the refreshes of a day', ...toPaperRow(refreshes).slice(1)],
    ],
  )
}

function toPaperRow(amount: Amount): (string | number)[] {
  const { name, count, bytes } = amount
  return [name, Number((count / 1e6).toPrecision(3)), bytes ?? 'not measured', formatAmount([amount])]
}

function formatAmount(amounts: readonly Amount[]): string {
  return sumGigabytes(amounts).toFixed(1)
}

function describePosts({ installations }: Growth): string {
  const last = installations[0]?.stages.at(-1)
  if (!last) return ''
  return last.posts === last.size ? 'As many posts as users.' : `At most ${formatSize(last.posts)} posts.`
}
