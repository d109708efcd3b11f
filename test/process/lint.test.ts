import { resolve } from 'node:path'
import { ESLint } from 'eslint'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
/** Any file of that room: its rules are what counts, the text is given. */
const FILE = resolve(root, 'src/adapters/database/posts.ts')

/** What the rules say of a text in a file of the sources. */
async function complaintsAbout(text: string): Promise<string[]> {
  const eslint = new ESLint({ cwd: root })
  const [result] = await eslint.lintText(text, { filePath: FILE })
  return (result?.messages ?? []).filter(({ severity }) => severity === 2).map(({ message }) => message)
}

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
  ])(
    'refuse %s (SR-123)',
    async (_what, text) => {
      expect(await complaintsAbout(client + text)).toContain(SQL)
    },
    60_000,
  )

  it('take statements with parameters (SR-123)', async () => {
    const text = 'export const f = (id: string) => db.$queryRaw`SELECT ${id}`'
    const tagged =
      'declare const db: { $queryRaw(parts: TemplateStringsArray, ...values: unknown[]): Promise<unknown> }\n'
    expect(await complaintsAbout(tagged + text)).not.toContain(SQL)
  }, 60_000)
})
