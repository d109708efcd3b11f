import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LOCK_FILES, findUnsupported } from '../../scripts/check-install.ts'

const root = resolve(import.meta.dirname, '../..')
interface Manifest {
  name: string
  version: string
  dependencies: Record<string, string>
}
const readJson = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T
const manifest = readJson<Manifest>(join(root, 'package.json'))

describe.each(LOCK_FILES)('%s', (file) => {
  it('has only packages that support the oldest supported Node 20, 22 and 24', () => {
    expect(findUnsupported(join(root, file))).toEqual([])
  })
})

// npm ignores the overrides of a dependency, so a project must work without them.
describe('a project that installs the tarball', () => {
  let project = ''
  let warnings = ''
  const run = (program: string, args: readonly string[], cwd = project) =>
    execFileSync(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] }).toString()

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'gateway-project-'))
    writeFileSync(join(project, 'package.json'), '{ "name": "project", "version": "1.0.0" }')
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', project], root)
    const tarball = `${manifest.name}-${manifest.version}.tgz`
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
    const { status, stderr } = spawnSync('npm', ['install', tarball, ...flags], { cwd: project })
    warnings = stderr.toString()
    expect(status, warnings).toBe(0)
  }, 300_000)
  afterAll(() => rmSync(project, { recursive: true, force: true }))

  it('gets no engine warning on any supported Node', () => {
    expect(warnings).not.toContain('EBADENGINE')
    expect(findUnsupported(join(project, 'package-lock.json'))).toEqual([])
  })

  it('has one copy of graphql', () => {
    const { packages } = readJson<{ packages: Record<string, { version: string }> }>(
      join(project, 'package-lock.json'),
    )
    const copies = Object.entries(packages).filter(([path]) => /(^|\/)node_modules\/graphql$/.test(path))
    expect(copies.map(([path, { version }]) => [path, version])).toEqual([
      ['node_modules/graphql', manifest.dependencies['graphql']],
    ])
  })

  it('can run the program and import the package', () => {
    expect(run(join(project, 'node_modules/.bin/gateway'), ['--help'])).toContain('Usage: gateway')
    const script = `import * as gateway from '${manifest.name}'; console.log(Object.keys(gateway).join())`
    expect(run(process.execPath, ['--input-type=module', '--eval', script])).toMatch(/\w+/)
  })
})
