import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = resolve(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

/** Every file below a folder, by its path from the root of the repository. */
function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(join(root, path)).isFile())
}

const PAGES = ['CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md', '.changeset/README.md']
const guides = [...PAGES, ...listFiles('.github')].map((path) => ({ path, text: read(path) }))

/** Commands of npm itself. */
const NPM_COMMANDS = ['audit', 'ci', 'install', 'pkg', 'publish', 'view']
/** Files and folders of the repository in inline code or in a command. */
const FILE =
  /(?<![\w./-])(?:(?:src|test|docs|scripts|bench|schema|prisma|tools|\.github|\.ci|\.githooks|\.changeset)\/[\w./-]*|\.nvmrc|\.editorconfig|[\w-]+\.(?:md|json))(?![\w*])/g
/** Paths that exist only after an installation or a build. */
const MADE = /^tools\/node_modules\//

describe('the guides for contributors', () => {
  it.each(guides)('$path names files that exist', ({ text }) => {
    const files = [...text.matchAll(FILE)].map(([path]) => path.replace(/\.$/, ''))
    const known = (path: string) => existsSync(join(root, path)) || MADE.test(path)
    expect(files.filter((path) => !known(path))).toEqual([])
  })

  it.each(guides)('$path links to files that exist', ({ path, text }) => {
    const links = [...text.matchAll(/\]\((?!https?:|#|\.\.\/\.\.\/security\/)([^)#]+)/g)].map(
      ([, link]) => link ?? '',
    )
    expect(links.filter((link) => !existsSync(join(root, path, '..', link)))).toEqual([])
  })

  it.each(guides)('$path names npm scripts that exist', ({ text }) => {
    const commands = text.matchAll(
      /\bnpm run (?:--silent )?([\w:-]+)|(?:^|`|run: |&& )npm (?!run )([\w:-]+)/gm,
    )
    const names = [...commands].map(([, script, command]) => script ?? command ?? '')
    const known = (name: string) => name in manifest.scripts || NPM_COMMANDS.includes(name)
    expect(names.filter((name) => !known(name))).toEqual([])
  })

  it('name each folder of the sources and of the tests’ own kinds', () => {
    const { text } = guides.find(({ path }) => path === 'CONTRIBUTING.md') ?? { text: '' }
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'generated')
      .map(({ name }) => `\`src/${name}/\``)
    expect(folders.filter((folder) => !text.includes(folder))).toEqual([])
  })

  it('have recipes between markers', () => {
    expect(read('CONTRIBUTING.md')).toMatch(/<!-- recipes:start -->[^]+### [^]+<!-- recipes:end -->/)
  })
})

describe('the forms for issues', () => {
  it.each(listFiles('.github/ISSUE_TEMPLATE').filter((path) => !path.endsWith('config.yml')))(
    '%s has a name, a description and fields with unique ids',
    (path) => {
      const form = parse(read(path)) as {
        name: string
        description: string
        body: { type: string; id?: string }[]
      }
      expect(form).toMatchObject({
        name: expect.any(String) as string,
        description: expect.any(String) as string,
      })
      const ids = form.body.filter(({ type }) => type !== 'markdown').map(({ id }) => id)
      expect(ids.every((id) => /^[a-z-]+$/.test(id ?? ''))).toBe(true)
      expect(new Set(ids).size).toBe(ids.length)
    },
  )

  it('direct reports of vulnerabilities away from public issues', () => {
    const config = parse(read('.github/ISSUE_TEMPLATE/config.yml')) as {
      blank_issues_enabled: boolean
      contact_links: { url: string }[]
    }
    expect(config.blank_issues_enabled).toBe(false)
    expect(config.contact_links.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^https:\/\/docs\.github\.com\/.*privately-reporting/),
    ])
  })
})

describe('updates of dependencies', () => {
  it('cover every lock file and the actions', () => {
    const { updates } = parse(read('.github/dependabot.yml')) as {
      updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[]
    }
    const npm = updates.find((update) => update['package-ecosystem'] === 'npm')
    expect(npm?.directories?.filter((path) => !existsSync(join(root, path, 'package-lock.json')))).toEqual([])
    expect(npm?.directories).toContain('/tools')
    expect(updates.map((update) => update['package-ecosystem'])).toContain('github-actions')
  })
})
