import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildASTSchema, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { FEDERATION_TOOLS } from '../../scripts/install-tools.ts'

const root = resolve(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/clients/federation.md'), 'utf8')
const sandbox = readFileSync(join(root, 'docs/clients/sandbox.md'), 'utf8')
const listBlocks = (language: string) =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, code]) => code ?? '')

describe('the page about federation', () => {
  it.each(listBlocks('js').map((block) => [/^\/\/ (\S+)\n/.exec(block)?.[1] ?? '', block] as const))(
    'shows %s as the tests of the routers run it',
    (file, block) => {
      const code = readFileSync(join(FEDERATION_TOOLS, file), 'utf8')
      expect(block).toBe(`// ${file}\n${code}`)
    },
  )

  it('names the versions that the tests run', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(FEDERATION_TOOLS, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>
    }
    for (const name of [
      '@apollo/gateway',
      '@apollo/composition',
      '@graphql-hive/gateway-runtime',
      '@theguild/federation-composition',
    ])
      expect([name, page.includes(devDependencies[name] ?? '?')]).toEqual([name, true])
  })

  it('has settings in YAML and types in GraphQL that can be parsed', () => {
    expect(listBlocks('yaml').map((block) => Object.keys(parseYaml(block) as object))).toEqual([
      ['headers', 'include_subgraph_errors', 'rhai'],
      ['headers'],
    ])
    const [types = ''] = listBlocks('graphql')
    const schema = buildASTSchema(parse(types), { assumeValidSDL: true })
    expect(Object.keys(schema.getTypeMap())).toEqual(expect.arrayContaining(['Review', 'User']))
  })

  it('names files that exist, as the page about Apollo Sandbox does', () => {
    const files = [...`${page}${sandbox}`.matchAll(/`((?:test|schema)\/[^`]+)`/g)].map(
      ([, path = '']) => path,
    )
    expect(files.length).toBeGreaterThan(2)
    expect(files.filter((path) => !existsSync(join(root, path)))).toEqual([])
    const links = [...`${page}${sandbox}`.matchAll(/\]\(\.\.\/([^)#]+)[^)]*\)/g)].map(([, path = '']) => path)
    expect(links.filter((path) => !existsSync(join(root, 'docs', path)))).toEqual([])
  })
})
