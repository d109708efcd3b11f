import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { check, resolveConfig } from 'prettier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRepository, git } from '../support/git-repository.ts'
import { requestShared } from '../support/servers/request-shared.ts'
import { describeWithTools, runInstalledTool, runProcess } from '../support/tools.ts'

const root = resolve(import.meta.dirname, '../..')
interface Manifest {
  name: string
  version: string
  exports: Record<string, unknown>
}
const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
const manifest = readManifest(root)

/** The version after a minor change. */
function toNextMinor(version: string): string {
  const [major, minor] = version.split('.').map(Number)
  return `${major}.${(minor ?? 0) + 1}.0`
}

describe('the changelog', () => {
  const headings = readFileSync(join(root, 'CHANGELOG.md'), 'utf8').match(/^##? .*$/gm) ?? []

  it('starts with the version of the package, below a title', () => {
    expect(headings.slice(0, 2)).toEqual(['# Changelog', `## ${manifest.version}`])
  })

  it('has released versions only: unreleased changes are changesets', () => {
    expect(headings.slice(1).filter((heading) => !/^## \d+\.\d+\.\d+(-[\w.]+)?$/.test(heading))).toEqual([])
  })
})

describeWithTools('a release', () => {
  let folder = ''
  beforeAll(() => {
    folder = createRepository()
    for (const name of [
      'package.json',
      'client/package.json',
      'CHANGELOG.md',
      '.changeset',
      '.prettierrc.json',
    ])
      cpSync(join(root, name), join(folder, name), { recursive: true })
    writeFileSync(
      join(folder, '.changeset/dry-run.md'),
      `---\n'${manifest.name}': minor\n---\n\nAccounts can be exported.\n`,
    )
    git(folder, 'add', '.')
    git(folder, 'commit', '--quiet', '--message', 'feat(accounts): export accounts')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('turns changesets into the next version and an entry of the changelog', async () => {
    const before = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
    expect(runInstalledTool('changeset', ['version'], folder)).toMatchObject({ status: 0 })

    for (const path of [folder, join(folder, 'client')])
      expect(readManifest(path).version).toBe(toNextMinor(manifest.version))
    expect(readdirSync(join(folder, '.changeset')).sort()).toEqual(['README.md', 'config.json'])
    const after = readFileSync(join(folder, 'CHANGELOG.md'), 'utf8')
    const entry = after.slice(0, after.indexOf(`## ${manifest.version}`))
    expect(entry).toMatch(new RegExp(`^# Changelog\n\n## ${toNextMinor(manifest.version)}\n`))
    expect(entry).toContain('Accounts can be exported.')
    expect(after.endsWith(before.slice(before.indexOf('## ')))).toBe(true)
    const options = await resolveConfig(join(root, 'CHANGELOG.md'))
    expect(await check(after, { ...options, parser: 'markdown' })).toBe(true)
  })
})

describeWithTools('the tarball', () => {
  const checkRelease = (folder: string) =>
    runProcess(process.execPath, ['--import', 'tsx', join(root, 'scripts/check-release.ts'), folder], root)

  it.each([
    ['gateway', root],
    ['client', join(root, 'client')],
  ])('of the %s is accepted by publint and attw', async (name, folder) => {
    if (name === 'client') await requestShared('client-build')
    const { status, output } = checkRelease(folder)
    expect(status, output).toBe(0)
  })

  it.each([
    ['an entry whose file is missing', './dist/missing.js', './dist/index.d.ts'],
    ['types that are missing', './dist/index.js', './dist/missing.d.ts'],
  ])('is rejected with %s', (_what, file, types) => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-tarball-'))
    mkdirSync(join(folder, 'dist'))
    writeFileSync(join(folder, 'dist/index.js'), 'export const a = 1\n')
    writeFileSync(join(folder, 'dist/index.d.ts'), 'export declare const a: number\n')
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({
        name: 'broken',
        version: '1.0.0',
        type: 'module',
        files: ['dist'],
        exports: { '.': { types, default: file } },
      }),
    )
    const { status } = checkRelease(folder)
    rmSync(folder, { recursive: true, force: true })
    expect(status).not.toBe(0)
  })
})
