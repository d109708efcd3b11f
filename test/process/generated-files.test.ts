import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateOperations } from '../../scripts/generate-operations.ts'
import { generateClients } from '../../scripts/generate.ts'
import { describeWithTools } from '../support/tools.ts'

const root = resolve(import.meta.dirname, '../..')

/** Texts of all files below a folder by their path. */
function readFiles(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name)
      return [path.slice(folder.length), readFileSync(path, 'utf8')]
    }),
  )
}

/** Paths of files that are missing, left over or different. */
function differences(committed: string, generated: string): string[] {
  const [left, right] = [readFiles(committed), readFiles(generated)]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (path) => left[path] !== right[path],
  )
}

describeWithTools('the committed files that a program writes (npm run generate)', () => {
  let folder = ''
  beforeAll(() => {
    // Below node_modules, so that generated code finds the packages that it imports.
    mkdirSync(join(root, 'node_modules/.cache'), { recursive: true })
    folder = mkdtempSync(join(root, 'node_modules/.cache/generated-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are, for each database, the client that prisma generates from prisma/models', async () => {
    await generateClients(folder)
    expect(differences(join(root, 'src/generated'), join(folder, 'src/generated'))).toEqual([])
    for (const provider of ['sqlite', 'postgresql']) {
      const schema = `prisma/${provider}/schema.prisma`
      expect(readFileSync(join(root, schema), 'utf8')).toBe(readFileSync(join(folder, schema), 'utf8'))
    }
  })

  it('are the typed documents and hooks that graphql-codegen generates by codegen.yml', async () => {
    for (const input of ['codegen.yml', 'schema', 'client/src/codegen', 'web/codegen.yml', 'web/operations'])
      cpSync(join(root, input), join(folder, input), { recursive: true })
    await generateOperations(folder, { quiet: true })
    for (const output of ['test/generated', 'client/src/generated', 'web/src/generated'])
      expect(differences(join(root, output), join(folder, output))).toEqual([])
  })
})
