import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
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

describe('the package', () => {
  const packed = () => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [report] = JSON.parse(output.toString()) as [{ files: { path: string }[] }]
    return report.files.map(({ path }) => path)
  }

  it('contains what runs, its migrations, schema and IDE, and nothing else', () => {
    const files = packed()
    for (const needed of [
      'dist/main.js',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/ide/graphiql.js',
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
      /^(dist\/.+\.(js|d\.ts|css)|prisma\/(sqlite|postgresql)\/migrations\/.+|schema\/.+\.graphql|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/
    expect(files.filter((file) => !allowed.test(file))).toEqual([])
  })

  it('points at files that are there', () => {
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

  it('says what it is, under which licence, for which Node', () => {
    expect(manifest).toMatchObject({
      name: 'graphql-auth-gateway',
      license: 'MIT',
      engines: { node: '>=20.19' },
    })
  })

  it('pins every dependency to one version, and the lock file names no registry (132)', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    )
    expect(ranges).toEqual([])
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).not.toMatch(/"resolved": "http/)
  })

  it('needs nothing at run time that it does not depend on', () => {
    const used = packed()
      .filter((file) => file.endsWith('.js') && !file.startsWith('dist/ide/'))
      .flatMap((file) =>
        [...readFileSync(join(root, file), 'utf8').matchAll(/\bfrom\s*['"]([^.'"][^'"]*)['"]/g)].map(
          ([, name]) => name ?? '',
        ),
      )
    const packages = new Set(
      used
        .filter((name) => !name.startsWith('node:'))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        ),
    )
    expect(
      [...packages].filter(
        (name) => !(name in manifest.dependencies) && !['fs', 'path', 'url', 'os'].includes(name),
      ),
    ).toEqual([])
  })
})
