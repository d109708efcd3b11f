import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import MarkdownIt, { type Token } from 'markdown-it'
import { describe, expect, it } from 'vitest'
import { findTestTitles } from '../../scripts/test-titles.ts'

const root = resolve(import.meta.dirname, '../..')
const page = join(root, 'docs/comparison.md')

/** A link to a test: its file, below the root, and its title. */
interface Link {
  readonly file: string
  readonly title: string
}

interface Cell {
  /** As readers see it: a reference that is not defined keeps its brackets. */
  readonly text: string
  readonly links: readonly Link[]
}

/** Its rows, the head first. */
type Table = readonly (readonly Cell[])[]

const env: { references?: Record<string, { href: string; title: string }> } = {}
const tokens = new MarkdownIt().parse(readFileSync(page, 'utf8'), env)

function linkTo(href: string, title: string): Link {
  return { file: relative(root, resolve(dirname(page), decodeURI(href))), title }
}

function toCell({ children }: Token): Cell {
  const parts = children ?? []
  return {
    text: parts.map(({ content }) => content).join(''),
    links: parts
      .filter(({ type }) => type === 'link_open')
      .map((part) => linkTo(String(part.attrGet('href')), String(part.attrGet('title')))),
  }
}

function readTables(all: readonly Token[]): readonly Table[] {
  const tables: Cell[][][] = []
  for (const [index, token] of all.entries()) {
    const isCell = ['th_open', 'td_open'].includes(all[index - 1]?.type ?? '')
    if (token.type === 'table_open') tables.push([])
    if (token.type === 'tr_open') tables.at(-1)?.push([])
    if (isCell) tables.at(-1)?.at(-1)?.push(toCell(token))
  }
  return tables
}

/** The titles of the tests in a source text; a test that is skipped proves nothing. */
function titlesIn(text: string): ReadonlySet<string> {
  return new Set(findTestTitles(text).flatMap(({ isTest, title }) => (isTest ? [title] : [])))
}

function isProven({ file, title }: Link): boolean {
  const path = join(root, file)
  return file.startsWith('test/') && existsSync(path) && titlesIn(readFileSync(path, 'utf8')).has(title)
}

describe('docs/comparison.md', () => {
  const tables = readTables(tokens)
  const shown = tokens.filter(({ type }) => type === 'inline').map(toCell)
  const links = shown.flatMap((part) => part.links)
  const [refresh = [], ...others] = tables

  it('links to tests that exist, by their exact titles', () => {
    expect(links.length).toBeGreaterThanOrEqual(20)
    expect(links.filter((link) => !isProven(link))).toEqual([])
  })

  it('proves every cell of the row of the gateway', () => {
    const [head = [], ours = []] = refresh
    expect([head[0]?.text, ours[0]?.text]).toEqual(['System', expect.stringMatching(/^This gateway\b/)])
    expect(ours).toHaveLength(5)
    expect(ours.filter((cell) => cell.links.length === 0)).toEqual([])
  })

  it('proves every value of the gateway, or states that there is none yet', () => {
    expect(others.length).toBeGreaterThanOrEqual(3)
    expect(new Set(others.map(([head]) => head?.[1]?.text))).toEqual(new Set(['This gateway']))
    const ours = others.flatMap(([, ...rows]) => rows).map((row) => row[1])
    expect(ours.length).toBeGreaterThanOrEqual(17)
    expect(ours.filter((cell) => cell?.text !== 'not yet' && !cell?.links.length)).toEqual([])
  })

  it('uses every link that it defines, and defines every one that it uses', () => {
    const defined = Object.values(env.references ?? {}).map(({ href, title }) => linkTo(href, title))
    expect(defined.filter((link) => !links.some(({ title }) => title === link.title))).toEqual([])
    expect(shown.filter(({ text }) => text.includes(']['))).toEqual([])
  })
})

describe('titles of tests', () => {
  it('are read with their escapes, from tests only', () => {
    const text = String.raw`
      it('isn\'t "this"', () => {})
      it.each([1])("that's \u0041 %s", () => {})
      it.skip('skipped', () => {})
      describe('described', () => {})
      // it('commented out', () => {})
      expect("it('quoted')")
    `
    expect([...titlesIn(text)]).toEqual([`isn't "this"`, "that's A %s"])
  })
})
