import type { Panel } from '../test/support/promql.ts'

// SVG by hand: a panel is a few lines with two linear axes, and chart libraries draw in a DOM.

/** One line of a chart: its name in the legend, and pairs of Unix time in seconds and value. */
export interface ChartLine {
  readonly name: string
  readonly points: readonly (readonly [number, number])[]
}

/** A panel of the dashboard with the lines that it shows. */
export interface DrawnPanel {
  readonly panel: Panel
  readonly lines: readonly ChartLine[]
}

const COLUMN = 50
const UNIT = 21
const GAP = 6
const MARGIN = { left: 46, right: 10, top: 26, bottom: 36 }
const COLORS = [
  '#1f77b4',
  '#d9730d',
  '#2e8b57',
  '#c0392b',
  '#7b5cb8',
  '#8c6d46',
  '#c2548f',
  '#5f6b76',
  '#94961f',
]
const INK = '#24292f'
/** Lines of a chart that have a name in its legend; the picture is small. */
const MOST_NAMES = 6

/** The picture of a dashboard. `range`: start and end in Unix seconds. */
export function drawDashboard(
  panels: readonly DrawnPanel[],
  range: readonly [number, number],
): { readonly svg: string; readonly width: number; readonly height: number } {
  const width = 24 * COLUMN
  const height = Math.max(...panels.map(({ panel: { gridPos } }) => gridPos.y + gridPos.h)) * UNIT
  const drawn = panels.map((each) => drawPanel(each, range)).join('\n')
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" fill="${INK}">`
  return {
    svg: `${open}<rect width="100%" height="100%" fill="#f4f5f7"/>\n${drawn}\n</svg>`,
    width,
    height,
  }
}

function drawPanel({ panel, lines }: DrawnPanel, range: readonly [number, number]): string {
  const { x, y, w, h } = panel.gridPos
  const [left, top] = [x * COLUMN, y * UNIT]
  if (panel.type === 'row')
    return drawText(panel.title, left + GAP, top + 15, 'font-weight="700" font-size="13"')
  const [width, height] = [w * COLUMN - GAP, h * UNIT - GAP]
  const frame = `<rect x="${left}" y="${top}" width="${width}" height="${height}" rx="3" fill="#fff" stroke="#d0d7de"/>`
  const title = drawText(panel.title, left + 8, top + 17, 'font-weight="600"')
  const box = { left, top, width, height }
  const unit = panel.fieldConfig?.defaults.unit ?? 'none'
  const content = panel.type === 'stat' ? drawStat(lines, unit, box) : drawChart(lines, unit, box, range)
  return [frame, title, content].join('')
}

interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function drawStat(lines: readonly ChartLine[], unit: string, { left, top, width }: Box): string {
  const last = lines[0]?.points.at(-1)?.[1] ?? NaN
  const place = `text-anchor="middle" font-size="26" fill="#2e8b57"`
  return drawText(formatValue(last, selectScale(last, unit)), left + width / 2, top + 56, place)
}

function drawChart(
  lines: readonly ChartLine[],
  unit: string,
  { left, top, width, height }: Box,
  [start, end]: readonly [number, number],
): string {
  const highest = Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value)), 0)
  const scale = selectScale(highest, unit)
  const max = (roundUp(highest / scale.size) || 1) * scale.size
  const plot = {
    x: (time: number) =>
      left + MARGIN.left + ((time - start) / (end - start)) * (width - MARGIN.left - MARGIN.right),
    y: (value: number) =>
      top + height - MARGIN.bottom - (value / max) * (height - MARGIN.top - MARGIN.bottom),
  }
  const rules = [0, max / 2, max].map((value) => {
    const at = round(plot.y(value))
    const rule = `<line x1="${left + MARGIN.left}" x2="${left + width - MARGIN.right}" y1="${at}" y2="${at}" stroke="#d0d7de"/>`
    return rule + drawText(formatValue(value, scale), left + MARGIN.left - 5, at + 4, 'text-anchor="end"')
  })
  const drawn = lines.map(({ points }, index) => {
    const path = points.map(([time, value]) => `${round(plot.x(time))},${round(plot.y(value))}`).join(' ')
    return `<polyline points="${path}" fill="none" stroke="${toColor(index)}" stroke-width="1.5"/>`
  })
  return [...rules, ...drawn, drawLegend(lines, left + 8, top + height - 20, width - 16)].join('')
}

/** The names of the lines in two rows, as far as there is space. */
function drawLegend(lines: readonly ChartLine[], left: number, top: number, width: number): string {
  let [x, y] = [left, top]
  return lines
    .slice(0, MOST_NAMES)
    .map(({ name }, index) => {
      const space = name.length * 6.3 + 22
      if (x + space > left + width && x > left) [x, y] = [left, y + 13]
      if (y > top + 13) return ''
      const mark = `<rect x="${round(x)}" y="${y - 7}" width="9" height="3" fill="${toColor(index)}"/>`
      const text = drawText(name, x + 12, y, 'font-size="10"')
      x += space
      return mark + text
    })
    .join('')
}

function toColor(index: number): string {
  return COLORS[index % COLORS.length] ?? INK
}

/** The least of 1, 2 and 5 times a power of ten that is not below the value. */
function roundUp(value: number): number {
  if (value <= 0) return 0
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((factor) => factor * power >= value) ?? 10) * power
}

/** A unit in which values are shown. */
interface Scale {
  readonly size: number
  readonly name: string
}

/** The scale for values up to the highest one. `unit`: as Grafana names it. */
function selectScale(highest: number, unit: string): Scale {
  if (unit === 'percentunit') return { size: 0.01, name: ' %' }
  if (unit === 'bytes') return { size: 2 ** 20, name: ' MiB' }
  if (unit !== 's') return { size: 1, name: '' }
  if (highest >= 2 * 86_400) return { size: 86_400, name: ' d' }
  if (highest >= 120) return { size: 60, name: ' min' }
  return highest >= 1 || highest === 0 ? { size: 1, name: ' s' } : { size: 0.001, name: ' ms' }
}

function formatValue(value: number, { size, name }: Scale): string {
  return Number.isFinite(value) ? `${trim(value / size)}${name}` : 'no data'
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)))
}

function drawText(text: string, x: number, y: number, more: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${escaped}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
