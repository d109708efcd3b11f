import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithTools } from '../../../test/support/tools.ts'
import { createConsumer, type ConsumerProject } from '../support/consumer-project.ts'

const client = resolve(import.meta.dirname, '../..')
const manifest = JSON.parse(readFileSync(join(client, 'package.json'), 'utf8')) as {
  name: string
  exports: Record<string, string | Record<string, string>>
  dependencies?: object
  peerDependencies: Record<string, string>
  peerDependenciesMeta: Record<string, object>
  sideEffects: boolean
}
/** Entries with code, by the source that they are built from. */
const entries = new Map(
  Object.entries(manifest.exports).flatMap(([entry, target]) =>
    typeof target === 'string'
      ? []
      : [[target['default']?.replace('./dist/', '../../src/').replace(/js$/, 'ts') ?? '', entry.slice(1)]],
  ),
)

/** A file of the type tests as an application writes it: with the entries of the package. */
function readTypeTest(name: string): string {
  const text = readFileSync(join(client, 'test/types', name), 'utf8')
  return text.replace(/'(\.\.\/\.\.\/src\/[^']+)'/g, (_, source: string) => {
    if (!entries.has(source)) throw new Error(`${name} imports ${source}, which is no entry`)
    return `'${manifest.name}${entries.get(source) ?? ''}'`
  })
}

describe('the packed client', () => {
  let project: ConsumerProject
  const typeTests = readdirSync(join(client, 'test/types'))
  beforeAll(async () => {
    project = await createConsumer()
    project.write(Object.fromEntries(typeTests.map((name) => [`types/${name}`, readTypeTest(name)])))
  }, 120_000)
  afterAll(() => project.remove())
  const paths = typeTests.map((name) => `types/${name}`)

  it.each(['bundler', 'nodenext'])('compiles with TypeScript 6 and module resolution %s', (resolution) => {
    const module = resolution === 'bundler' ? 'esnext' : 'nodenext'
    expect(project.compile(6, ['--module', module, '--moduleResolution', resolution, ...paths])).toBe('')
  })

  describeWithTools('and TypeScript 7', () => {
    it('compiles', () => {
      expect(project.compile(7, ['--module', 'esnext', '--moduleResolution', 'bundler', ...paths])).toBe('')
    })

    it('has types that reject wrong variables: without the marks of expected errors nothing compiles', () => {
      const names = typeTests.map((name) => `unmarked/${name}`)
      const files = typeTests.map((name) => readTypeTest(name).replaceAll('// @ts-expect-error', '//'))
      project.write(Object.fromEntries(names.map((name, index) => [name, files[index] ?? ''])))
      const output = project.compile(7, ['--module', 'esnext', '--moduleResolution', 'bundler', ...names])
      const marks = typeTests.flatMap((name) => readTypeTest(name).match(/@ts-expect-error/g) ?? [])
      expect(output.match(/error TS/g)).toHaveLength(marks.length)
    })
  })

  it('loads in Node.js, every entry', () => {
    const names = [...entries.values()].map((entry) => `${manifest.name}${entry}`)
    const imports = names.map((name) => `console.log(Object.keys(await import('${name}')).length)`)
    const output = project.runNode(['--input-type=module', '--eval', imports.join('\n')])
    expect(output.trim().split('\n')).toHaveLength(names.length)
  })

  it('has the schema and the operations that it was generated from', () => {
    const installed = join(project.folder, 'node_modules', manifest.name)
    const read = (...path: string[]) => readFileSync(join(...path), 'utf8')
    const schema = resolve(client, '../schema')
    expect(read(installed, 'schema.graphql')).toBe(read(schema, 'schema.graphql'))
    expect(readdirSync(join(installed, 'operations'))).toEqual(readdirSync(join(schema, 'operations')))
  })

  it('has no dependency, and only optional peers', () => {
    expect(manifest.dependencies).toBeUndefined()
    expect(manifest.sideEffects).toBe(false)
    expect(Object.keys(manifest.peerDependenciesMeta).sort()).toEqual(
      Object.keys(manifest.peerDependencies).sort(),
    )
  })
})

describe('the packed client without any peer', () => {
  let project: ConsumerProject
  beforeAll(async () => {
    project = await createConsumer(() => false)
  }, 120_000)
  afterAll(() => project.remove())

  it('compiles and runs', () => {
    project.write({
      'app.ts': `import { createAuthClient } from '${manifest.name}'
import type { ErrorCode } from '${manifest.name}/types'
export const auth = createAuthClient({ url: 'http://127.0.0.1:4000/graphql' })
export const code: ErrorCode = 'RATE_LIMITED'
`,
      'app.js': `import { createAuthClient } from '${manifest.name}'\nconsole.log(typeof createAuthClient)\n`,
    })
    expect(project.compile(6, ['--module', 'nodenext', 'app.ts'])).toBe('')
    expect(project.runNode(['app.js'])).toBe('function\n')
  })
})
