import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
interface Manifest {
  name: string
  license: string
  engines: Record<string, string>
  bin: Record<string, string>
  exports: Record<string, string | Record<string, string>>
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest

/**
 * Transitive dependencies, held at the newest version that runs on every supported Node. npm ignores the
 * overrides of a dependency, so projects need them as dependencies.
 */
const HELD_BACK = {
  '@graphql-tools/merge': '9.2.3 and later lead to @whatwg-node/promise-helpers 2, which needs Node 22',
  '@graphql-tools/schema': '10.1.0 and later lead to @whatwg-node/promise-helpers 2, which needs Node 22',
  'light-my-request': '6.8.0 and later lead to cookie 2, which needs Node 22',
}

/** Names of the packages that a module imports. */
function findPackages(code: string): string[] {
  const specifiers = [...code.matchAll(/\b(?:from|import)[\s(]*['"]([^.'"][^'"]*)['"]/g)].map(
    ([, name]) => name ?? '',
  )
  return specifiers
    .filter((name) => !isBuiltin(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
}

describe('the package', () => {
  const listPackedFiles = () => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [report] = JSON.parse(output.toString()) as [{ files: { path: string }[] }]
    return report.files.map(({ path }) => path)
  }

  it('contains the compiled program, its migrations, schema, IDE and app, and nothing else', () => {
    const files = listPackedFiles()
    for (const needed of [
      'dist/main.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/ide/graphiql.js',
      'dist/app/index.html',
      'dist/generated/sqlite/client.js',
      'dist/generated/postgresql/client.js',
      'schema/schema.graphql',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'package.json',
    ])
      expect(files).toContain(needed)
    for (const provider of ['sqlite', 'postgresql'])
      expect(
        files.some((file) =>
          new RegExp(`^prisma/${provider}/migrations/\\d+_init/migration\\.sql$`).test(file),
        ),
      ).toBe(true)
    const allowed =
      /^(dist\/.+\.(js|d\.ts|css)|dist\/app\/(index\.html|assets\/.+\.(svg|br|gz))|prisma\/(sqlite|postgresql)\/migrations\/.+|schema\/.+\.graphql|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
    expect(files.filter((file) => !allowed.test(file))).toEqual([])
  })

  it('refers to files that exist', () => {
    const targets = [
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap((target) =>
        typeof target === 'string' ? [target] : Object.values(target),
      ),
    ]
    expect(targets.filter((target) => !existsSync(join(root, target)))).toEqual([])
    expect(
      readFileSync(join(root, manifest.bin['gateway'] ?? ''), 'utf8').startsWith('#!/usr/bin/env node\n'),
    ).toBe(true)
  })

  it('states its name, its licence and its Node versions', () => {
    expect(manifest).toMatchObject({
      name: 'graphql-auth-gateway',
      license: 'MIT',
      engines: { node: '>=20.19' },
    })
  })

  it('pins every dependency to one version, and the lock file names no registry (SR-132)', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^(npm:[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(ranges).toEqual([])
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/)
  })

  it('depends on the packages that it imports at run time, and on those whose version it holds back', () => {
    const files = listPackedFiles().filter((file) => file.endsWith('.js') && !file.startsWith('dist/ide/'))
    const imported = new Set(files.flatMap((file) => findPackages(readFileSync(join(root, file), 'utf8'))))
    const dependencies = Object.keys(manifest.dependencies)
    expect([...imported].filter((name) => !dependencies.includes(name))).toEqual([])
    expect(dependencies.filter((name) => !imported.has(name)).sort()).toEqual(Object.keys(HELD_BACK).sort())
  })
})
