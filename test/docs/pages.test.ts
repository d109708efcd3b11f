import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import MarkdownIt, { type Token } from 'markdown-it'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.md'),
)
const PAGES = ['README.md', 'CHANGELOG.md', 'bench/README.md', ...docs.map((name) => `docs/${name}`)]

interface Page {
  readonly text: string
  /** Targets of links and images, as they are written. */
  readonly targets: readonly string[]
  /** Anchors of headings, as GitHub makes them. */
  readonly anchors: readonly string[]
}

const pages = new Map<string, Page>(PAGES.map((name) => [name, parsePage(name)]))

function parsePage(name: string): Page {
  const text = readFileSync(join(root, name), 'utf8')
  const tokens = new MarkdownIt().parse(text, {})
  const inline = tokens.flatMap(({ children }) => children ?? [])
  return {
    text,
    targets: inline.flatMap((token) => findTargets(token)),
    anchors: tokens.flatMap((token, index) =>
      token.type === 'heading_open' ? [toAnchor(tokens[index + 1]?.content ?? '')] : [],
    ),
  }
}

function findTargets(token: Token): string[] {
  const target = token.attrGet('href') ?? token.attrGet('src')
  return target === null ? [] : [decodeURI(String(target))]
}

function toAnchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

/** Whether a relative link leads to a file and, where it has one, to a heading of a page. */
function isResolved(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? page : relative(root, resolve(root, dirname(page), path))
  if (!existsSync(join(root, file))) return false
  return anchor === undefined || (pages.get(file)?.anchors.includes(anchor) ?? false)
}

describe.each([...pages])('%s', (name, { text, targets }) => {
  it('has links that lead to files and headings', () => {
    const local = targets.filter((target) => !/^(https?|mailto):/.test(target))
    expect(local.filter((target) => !isResolved(name, target))).toEqual([])
  })

  it('names files that exist', () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|bench|docs)\/[^`\s]*)`/g)]
    const missing = named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path)))
    expect(missing).toEqual([])
  })
})

describe('the table of contents', () => {
  it('has every page of docs/ once', () => {
    const listed = pages.get('docs/README.md')?.targets ?? []
    const own = listed.filter((target) => !target.startsWith('..'))
    expect(own.toSorted()).toEqual(docs.filter((name) => name !== 'README.md').toSorted())
  })
})
