import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createRepository, git } from '../support/git-repository.ts'
import { describeWithTools, runInstalledTool, runProcess } from '../support/tools.ts'

const root = resolve(import.meta.dirname, '../..')
const CONFIG = join(root, 'tools/commitlint.config.js')

const GOOD = [
  'docs(sessions): describe refresh in plain English',
  'feat(database)!: require SQLite 3.45',
  'fix(http): process requests in order',
  'build(deps): bump vitest from 4.1.12 to 4.2.0',
  'refactor: embed the page',
  'test(mfa): shorten the walk to exactly the length of the longest header',
]
const BAD = [
  ['explain sessions', 'type-empty'],
  ['docs: Explain sessions.', 'subject-full-stop'],
  ['story(sessions): explain refresh', 'type-enum'],
  ['docs(nonsense): explain refresh', 'scope-enum'],
  ['docs(sessions): adds a page', 'subject-imperative'],
  ['docs(sessions): explained refresh', 'subject-imperative'],
  ['docs(sessions): a page of refresh', 'subject-imperative'],
  ['docs(sessions): explain refresh to readers who have never heard of it before', 'header-max-length'],
] as const

describeWithTools('the lint of commit messages', () => {
  let repository = ''
  let start = ''
  beforeAll(() => {
    repository = createRepository()
    git(repository, 'commit', '--quiet', '--allow-empty', '--message', 'start')
    start = git(repository, 'rev-parse', 'HEAD').trim()
  })
  afterAll(() => rmSync(repository, { recursive: true, force: true }))

  /** Commits with these headers, and lints them as CI lints those of a pull request. */
  function lint(headers: readonly string[]) {
    git(repository, 'checkout', '--quiet', '-B', 'branch', start)
    for (const header of headers) git(repository, 'commit', '--quiet', '--allow-empty', '--message', header)
    return runInstalledTool('commitlint', ['--config', CONFIG, '--from', start], repository)
  }

  it('accepts headers of the documented form', () => {
    expect(lint(GOOD)).toMatchObject({ status: 0 })
  })

  it('rejects each header of another form, and names the rule', () => {
    const { status, output } = lint(BAD.map(([header]) => header))
    expect(status).not.toBe(0)
    const reports = output.split('⧗').slice(1)
    for (const [header, rule] of BAD) {
      const report = reports.find((text) => text.includes(`input: ${header}`))
      expect(report, header).toContain(`[${rule}]`)
    }
    expect(reports).toHaveLength(BAD.length)
  })

  it('knows each room, feature and kind of adapter as a scope', () => {
    const folders = ['src', 'src/features', 'src/adapters'].flatMap((path) =>
      readdirSync(join(root, path), { withFileTypes: true }).filter((entry) => entry.isDirectory()),
    )
    const scopes = folders.map(({ name }) => name).filter((name) => name !== 'generated')
    expect(scopes).toContain('otp')
    expect(lint(scopes.map((scope) => `feat(${scope}): add it`))).toMatchObject({ status: 0 })
  })

  it.each([
    ['lets a good message pass', 'fix(otp): count guesses before the comparison', 0],
    ['stops a bad message', 'fixed it', 1],
  ])('runs as a hook that %s', (_what, message, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-message-'))
    writeFileSync(join(folder, 'COMMIT_EDITMSG'), `${message}\n`)
    const { status, output } = runProcess(
      join(root, '.githooks/commit-msg'),
      [join(folder, 'COMMIT_EDITMSG')],
      root,
    )
    rmSync(folder, { recursive: true, force: true })
    expect(status, output).toBe(expected)
  })
})
