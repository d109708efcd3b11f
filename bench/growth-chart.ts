import type { InstallationGrowth } from './growth-report.ts'
import { OPERATIONS, type OperationName } from './growth-operations.ts'

// SVG by hand: two logarithmic axes are one expression each, and chart libraries draw in a DOM.

const WIDTH = 1040
const HEIGHT = 440
const PLOT = { left: 52, top: 44, width: 280, height: 340 }
const PANEL = WIDTH / 2
const LABEL_GAP = 15
/** Readable on white and on near-black: the picture has no background. */
const INK = '#7d8590'
const COLORS: Readonly<Record<OperationName, string>> = {
  none: '#7d8590',
  me: '#2f81f7',
  login: '#a371f7',
  refresh: '#1b9e9e',
  first: '#2da44e',
  far: '#8a9a2b',
  rare: '#d4862a',
  frequent: '#e0603a',
  absent: '#d6436e',
  drafts: '#8d6e63',
  total: '#b05cc6',
}

/** Maps a positive number to a coordinate by its logarithm. `domain` and `range`: their ends. */
export type Scale = (value: number) => number

/** A logarithmic scale. */
export function createLogScale(
  [low, high]: readonly [number, number],
  [start, end]: readonly [number, number],
): Scale {
  const span = Math.log(high / low) || 1
  return (value) => start + (Math.log(value / low) / span) * (end - start)
}

/** Powers of ten from the last one below the least figure to the first one above the greatest. */
export function listDecades(figures: readonly number[]): number[] {
  const [first, last] = [
    Math.floor(Math.log10(Math.min(...figures))),
    Math.ceil(Math.log10(Math.max(...figures))),
  ]
  return Array.from({ length: Math.max(1, last - first) + 1 }, (_, index) => 10 ** (first + index))
}

/** Moves positions apart, in their order, so that each is at least `gap` from the one before it. */
export function spreadPositions(positions: readonly number[], gap: number, end: number): number[] {
  const order = positions.map((_, index) => index).sort((a, b) => (positions[a] ?? 0) - (positions[b] ?? 0))
  const spread = [...positions]
  let least = -Infinity
  for (const index of order) least = (spread[index] = Math.max(positions[index] ?? 0, least)) + gap
  // Labels that were moved below the end move the ones above them up.
  let most = end
  for (const index of order.reverse()) most = (spread[index] = Math.min(spread[index] ?? 0, most)) - gap
  return spread
}

/** The picture: milliseconds of each operation against the number of rows, a panel for each installation. */
export function drawGrowth(installations: readonly InstallationGrowth[]): string {
  const decades = listDecades(installations.flatMap(listFigures))
  const panels = installations.map((installation, index) =>
    drawPanel(installation, index * PANEL + PLOT.left, decades),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="${INK}" role="img" aria-label="Milliseconds of each operation by number of users, sessions and posts">
${panels.join('\n')}
</svg>
`
}

function drawPanel(installation: InstallationGrowth, left: number, decades: readonly number[]): string {
  const sizes = installation.stages.map(({ size }) => size)
  const x = createLogScale([sizes[0] ?? 1, sizes.at(-1) ?? 1], [left, left + PLOT.width])
  const bottom = PLOT.top + PLOT.height
  const y = createLogScale([decades[0] ?? 1, decades.at(-1) ?? 10], [bottom, PLOT.top])
  return [
    drawText(installation.name, { x: left, y: 20, more: 'font-weight="600" font-size="14"' }),
    drawText('ms', { x: left - 8, y: PLOT.top - 12, more: 'text-anchor="end"' }),
    ...decades.map((decade) => drawRule(decade, y(decade), left)),
    ...sizes.map((size) =>
      drawText(formatSize(size), { x: x(size), y: bottom + 20, more: 'text-anchor="middle"' }),
    ),
    drawText('users, sessions and posts', {
      x: left + PLOT.width / 2,
      y: bottom + 42,
      more: 'text-anchor="middle"',
    }),
    ...drawLines(installation, x, y),
  ].join('\n')
}

function drawRule(decade: number, y: number, left: number): string {
  const line = `<line x1="${left}" x2="${left + PLOT.width}" y1="${round(y)}" y2="${round(y)}" stroke="${INK}" stroke-opacity="0.3"/>`
  return line + drawText(String(decade), { x: left - 8, y: y + 4, more: 'text-anchor="end"' })
}

function drawLines({ stages }: InstallationGrowth, x: Scale, y: Scale): string[] {
  const lines = listOperations().flatMap((name) => {
    const points = stages.flatMap(({ size, timings }) =>
      timings[name] === null ? [] : [{ x: x(size), y: y(timings[name]) }],
    )
    const end = points.at(-1)
    return end ? [{ name, points, end }] : []
  })
  const places = spreadPositions(
    lines.map(({ end }) => end.y),
    LABEL_GAP,
    PLOT.top + PLOT.height,
  )
  const right = x(stages.at(-1)?.size ?? 1)
  return lines.map(({ name, points, end }, index) =>
    drawLine(name, points, { from: end, x: right, y: places[index] ?? end.y }),
  )
}

interface Point {
  readonly x: number
  readonly y: number
}

/** A line, its points, and a thin line from its end to its label. */
function drawLine(
  name: OperationName,
  points: readonly Point[],
  label: Point & { readonly from: Point },
): string {
  const color = COLORS[name]
  const toText = (point: Point) => `${round(point.x)},${round(point.y)}`
  const line = `<polyline points="${points.map(toText).join(' ')}" fill="none" stroke="${color}" stroke-width="2"/>`
  const dots = points.map(
    (point) => `<circle cx="${round(point.x)}" cy="${round(point.y)}" r="3" fill="${color}"/>`,
  )
  const leader = `<polyline points="${toText(label.from)} ${toText({ x: label.x + 16, y: label.y })}" fill="none" stroke="${color}" stroke-opacity="0.5"/>`
  const text = drawText(OPERATIONS[name].name.replaceAll('`', ''), {
    x: label.x + 20,
    y: label.y + 4,
    more: `fill="${color}"`,
  })
  return [line, ...dots, leader, text].join('')
}

function drawText(text: string, { x, y, more }: Point & { readonly more: string }): string {
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${text}</text>`
}

function listFigures({ stages }: InstallationGrowth): number[] {
  return stages.flatMap(({ timings }) => Object.values(timings)).filter((figure) => figure !== null)
}

function listOperations(): OperationName[] {
  return Object.keys(OPERATIONS) as OperationName[]
}

/** 1000 as `1 k`, 1000000 as `1 M`. */
export function formatSize(size: number): string {
  if (size >= 1_000_000) return `${size / 1_000_000} M`
  return size >= 1000 ? `${size / 1000} k` : String(size)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
