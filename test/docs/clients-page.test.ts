import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { TESTED_CLIENTS, clientsPage, listVersions, toRepositoryPath } from '../../scripts/clients-page.ts'

const root = resolve(import.meta.dirname, '../..')
const readText = (...path: string[]) => readFileSync(join(root, ...path), 'utf8')
const manifest = JSON.parse(readText('client/package.json')) as { exports: Record<string, unknown> }
const pages = readdirSync(join(root, 'docs/clients')).filter((name) => name.endsWith('.md'))

describe('the page on clients', () => {
  const page = readText('docs/clients/README.md')

  it('has the versions that this repository installs (npm run generate)', async () => {
    expect(page).toBe(await clientsPage())
  })

  it('names tests that exist', () => {
    const tests = TESTED_CLIENTS.flatMap((tested) => tested.tests)
    expect(tests.filter((path) => !existsSync(join(root, toRepositoryPath(path))))).toEqual([])
  })

  it('has versions that are installed', () => {
    for (const name of TESTED_CLIENTS.flatMap(({ packages }) => packages)) {
      const path = join(root, 'node_modules', name, 'package.json')
      if (!existsSync(path)) continue
      expect(listVersions(name)).toContain(
        (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version,
      )
    }
  })

  it('links every page of its folder', () => {
    const linked = [...page.matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => name)
    expect(pages.filter((name) => name !== 'README.md' && !linked.includes(name))).toEqual([])
  })
})

describe('the pages on clients', () => {
  it.each(pages)('%s imports entries that the package has', (name) => {
    const imported = [...readText('docs/clients', name).matchAll(/graphql-auth-gateway-client(\/[\w/-]+)?/g)]
    const entries = imported.map(([, path]) => `.${path ?? ''}`)
    expect(entries.filter((entry) => !(entry in manifest.exports) && entry !== './schema')).toEqual([])
  })
})
