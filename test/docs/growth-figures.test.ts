import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  createLogScale,
  drawGrowth,
  formatSize,
  listDecades,
  spreadPositions,
} from '../../bench/growth-chart.ts'
import { toKind } from '../../bench/growth-keys.ts'
import { estimateKeys, estimateRows, HUNDRED_MILLION, sumGigabytes } from '../../bench/growth-paper.ts'
import { computeRatio, describeGrowth, type Growth, type Stage } from '../../bench/growth-report.ts'
import { replacePart } from '../../scripts/page-parts.ts'

const bytesPerRow = { users: 400, sessions: 450, posts: 800, audit_events: 430 }

/** A stage of equal figures, except those of two operations, and of one that is refused. */
function createStage(size: number, ms: number): Stage {
  const timings = {
    none: 1,
    me: 2,
    login: ms,
    refresh: ms,
    first: ms,
    far: ms,
    rare: ms,
    frequent: ms,
    absent: size > 1000 ? null : ms,
    drafts: ms,
    total: ms,
  }
  return { size, posts: size, timings, residentBytes: 2e8, databaseBytes: size * 1000, bytesPerRow }
}

const growth: Growth = {
  node: '20.0.0',
  cores: 2,
  installations: ['SQLite alone', 'PostgreSQL and Redis'].map((name) => ({
    name,
    stages: [createStage(1000, 10), createStage(1_000_000, 100)],
  })),
  keys: [{ name: 'gw:session', bytes: 250, seconds: 60 }],
}

describe('the written figures of growth', () => {
  const root = resolve(import.meta.dirname, '../..')
  const read = (name: string) => readFileSync(join(root, name), 'utf8')
  const written = JSON.parse(read('bench/growth.json')) as Growth

  it('are those of the picture', () => {
    expect(read('docs/images/growth.svg')).toBe(drawGrowth(written.installations))
  })

  it('are those of the page', async () => {
    const page = join(root, 'bench/README.md')
    expect(await replacePart(page, 'growth', describeGrowth(written))).toBe(read('bench/README.md'))
  })
})

describe('the picture of growth', () => {
  it('places equal factors at equal distances', () => {
    const scale = createLogScale([1, 1000], [0, 300])
    expect([1, 10, 100, 1000].map(scale).map(Math.round)).toEqual([0, 100, 200, 300])
  })

  it('has rules at the powers of ten around the figures', () => {
    expect(listDecades([0.4, 35, 1200])).toEqual([0.1, 1, 10, 100, 1000, 10_000])
    expect(listDecades([10])).toEqual([10, 100])
  })

  it('moves labels apart in their order, and none below the end', () => {
    expect(spreadPositions([100, 10, 11], 15, 300)).toEqual([100, 10, 25])
    expect(spreadPositions([100, 98], 15, 100)).toEqual([100, 85])
  })

  it('has a line of each operation in each installation, with a point for each measured size', () => {
    const svg = drawGrowth(growth.installations)
    expect(svg.match(/stroke-width="2"/g)).toHaveLength(22)
    expect(svg.match(/<circle/g)).toHaveLength(2 * (10 * 2 + 1))
    expect(svg).not.toContain('NaN')
    expect([1000, 5000, 1_000_000, 500].map(formatSize)).toEqual(['1 k', '5 k', '1 M', '500'])
  })
})

describe('the tables of growth', () => {
  it('name what a cost grows with, or why it was not measured', () => {
    const row = (name: string) =>
      describeGrowth(growth)
        .split('\n')
        .find((line) => line.includes(name))
    expect(row('SQLite alone: page 1')).toBe('| SQLite alone: page 1 | 10.0 | 100.0 | 10.0 | the posts |')
    expect(row('SQLite alone: `me`')).toBe('| SQLite alone: `me` | 2.0 | 2.0 | 1.0 | — |')
    expect(row('SQLite alone: search: no post')).toContain('| refused | — | the posts |')
    expect(computeRatio([null, 3])).toBeNull()
  })

  it('count the keys of Redis by kind, and the ends of sessions apart', () => {
    expect(toKind('gw:limit:field-login:hash', '3')).toBe('gw:limit')
    expect(toKind('gw:session:{id}', 'ended')).toBe('gw:session (ended)')
    expect(toKind('gw:session:{id}', '{"userId":"…"}')).toBe('gw:session')
  })
})

describe('100 million sessions on paper', () => {
  it('multiply rows and keys by their measured bytes', () => {
    const { rows, refreshes } = estimateRows(HUNDRED_MILLION, bytesPerRow)
    expect(sumGigabytes(rows)).toBeCloseTo(50e6 * 400e-9 + 100e6 * 450e-9 + 100e6 * 430e-9)
    expect(refreshes.count).toBe(2e6 * 96)
    const keys = estimateKeys(HUNDRED_MILLION, growth.keys)
    expect(sumGigabytes(keys)).toBeCloseTo(2e6 * 250e-9)
  })

  it('tell which kind of key was not measured', () => {
    expect(describeGrowth(growth)).toContain('| `gw:blacklist` | 1 | not measured | 0.0 |')
    expect(describeGrowth(growth)).toContain('| `gw:session` | 2 | 250 | 0.5 |')
  })
})
