import { resolve } from 'node:path'
import { ESLint } from 'eslint'
import { beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
/** Any source file: only its path matters, since the text is given. */
const FILE = resolve(root, 'src/adapters/database/posts.ts')

async function lint(text: string): Promise<ESLint.LintResult['messages']> {
  const [result] = await new ESLint({ cwd: root }).lintText(text, { filePath: FILE })
  return result?.messages ?? []
}

/** Messages of the errors in a text of a source file. */
async function findErrors(text: string): Promise<string[]> {
  return (await lint(text)).filter(({ severity }) => severity === 2).map(({ message }) => message)
}

/** Names of the rules of `eslint-rules.js` that a text of a source file violates. */
async function findHouseRules(text: string): Promise<string[]> {
  return (await lint(text)).flatMap(({ ruleId }) =>
    ruleId?.startsWith('house/') ? ruleId.slice('house/'.length) : [],
  )
}

// The first run loads the types of all sources.
beforeAll(() => lint('export {}'), 120_000)

const SQL = 'SQL takes parameters.'
const client = 'declare const db: { [name: string]: (...args: unknown[]) => Promise<unknown> }\n'

describe('the rules of the sources', () => {
  it.each([
    [
      'a statement put together as text',
      'export const f = (id: string) => db.$queryRawUnsafe(`SELECT ${id}`)',
    ],
    [
      'a change put together as text',
      'export const f = (id: string) => db.$executeRawUnsafe(`DELETE ${id}`)',
    ],
    ['the same by another way to its name', "export const f = (id: string) => db['$queryRawUnsafe'](id)"],
    [
      'a part of a statement put in as text',
      'declare const Prisma: { raw(text: string): unknown }\nexport const f = (id: string) => Prisma.raw(id)',
    ],
  ])('refuse %s (SR-123)', async (_what, text) => {
    expect(await findErrors(client + text)).toContain(SQL)
  })

  it('accept SQL statements with parameters (SR-123)', async () => {
    const text = 'export const f = (id: string) => db.$queryRaw`SELECT ${id}`'
    const tagged =
      'declare const db: { $queryRaw(parts: TemplateStringsArray, ...values: unknown[]): Promise<unknown> }\n'
    expect(await findErrors(tagged + text)).not.toContain(SQL)
  })

  it.each([
    ['a module-level variable', 'export let count = 0', 'no-module-state'],
    ['a module-level map', 'const cache = new Map<string, string>()\nexport { cache }', 'no-module-state'],
    ['a module-level array', "export const names = ['a']", 'no-module-state'],
    ['an ambient random number', 'export const f = () => Math.random()', 'no-ambient-random'],
    ['a function named without a verb', 'export function placeOf() {}', 'verb-names'],
    ['a parameter named without a verb', 'export const f = (keyOf: () => string) => keyOf()', 'verb-names'],
    ['a long line of a comment', `// ${'word '.repeat(25)}\nexport {}`, 'comment-width'],
  ])('report %s', async (_what, text, rule) => {
    expect(await findHouseRules(text)).toEqual([rule])
  })

  it('accept readonly collections, local state and comments of 110 columns', async () => {
    const text = `
      // ${'x'.repeat(50)} ${'y'.repeat(50)}
      export const NAMES = ['a'] as const
      export const KNOWN: ReadonlySet<string> = new Set(NAMES)
      export function createCounter() {
        let count = 0
        return () => (count += 1)
      }
      export const isKnown = (name: string) => KNOWN.has(name) || NAMES.indexOf('a') === 0
    `
    expect(await findHouseRules(text)).toEqual([])
  })
})
