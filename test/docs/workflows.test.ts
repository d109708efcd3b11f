import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'

const root = resolve(import.meta.dirname, '../..')
const FOLDER = '.github/workflows'
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const manifest = JSON.parse(read('package.json')) as { engines: { node: string } }

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Job {
  readonly uses?: string
  readonly environment?: string
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
  readonly strategy?: { readonly matrix: { readonly node?: readonly string[] } }
  readonly steps?: readonly Step[]
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>
  readonly permissions: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

const workflows = readdirSync(join(root, FOLDER)).map((name) => ({
  path: `${FOLDER}/${name}`,
  text: read(`${FOLDER}/${name}`),
  workflow: parse(read(`${FOLDER}/${name}`)) as Workflow,
}))
const jobs = workflows.flatMap(({ path, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${path} ${name}`, job })),
)
const ci = workflows.find(({ path }) => path.endsWith('ci.yml'))?.workflow

describe('the workflows', () => {
  it.each(workflows)(
    '$path has no default permissions, and runs no code of forks with secrets',
    ({ workflow }) => {
      expect(workflow.permissions).toEqual({})
      expect(Object.keys(workflow.on)).not.toContain('pull_request_target')
      expect(Object.keys(workflow.on)).not.toContain('workflow_run')
    },
  )

  it.each(workflows)('$path pins every action to a commit, with its version in a comment', ({ text }) => {
    const uses = [...text.matchAll(/\buses: (.+)$/gm)].map(([, action]) => action ?? '')
    expect(uses.length).toBeGreaterThan(0)
    const pinned = /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/
    expect(uses.filter((action) => !action.startsWith('./.github/') && !pinned.test(action))).toEqual([])
  })

  it('pin each action to one commit everywhere', () => {
    const uses = workflows.flatMap(({ text }) => [...text.matchAll(/\buses: ([\w/-]+)@(\w+)/g)])
    const pins = new Set(
      uses.map(([, action = '', commit = '']) => `${action.split('/').slice(0, 2).join('/')} ${commit}`),
    )
    expect(new Set([...pins].map((pin) => pin.split(' ')[0])).size).toBe(pins.size)
  })

  it.each(jobs)('$name states its permissions, and has a timeout', ({ job }) => {
    expect(job.permissions).toBeDefined()
    if (!job.uses) expect(job['timeout-minutes']).toBeLessThanOrEqual(60)
  })

  it('have write permissions only where needed, and log in at npm in one job', () => {
    const writes = jobs.flatMap(({ name, job }) =>
      Object.entries(job.permissions ?? {})
        .filter(([, level]) => level === 'write')
        .map(([scope]) => `${name}: ${scope}`),
    )
    expect(writes.sort()).toEqual([
      '.github/workflows/codeql.yml analyze: security-events',
      '.github/workflows/release.yml github-release: contents',
      '.github/workflows/release.yml publish: id-token',
      '.github/workflows/release.yml version: contents',
      '.github/workflows/release.yml version: pull-requests',
    ])
  })

  it.each(jobs)(
    '$name interpolates no text of an event into a script, and leaves no token in the checkout',
    ({ job }) => {
      const steps = job.steps ?? []
      expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
      const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))
      expect(checkouts.filter((step) => step.with?.['persist-credentials'] !== false)).toEqual([])
    },
  )

  it('run the checks of the repository on every supported Node.js', () => {
    const job = ci?.jobs['checks']
    expect(job?.steps?.map(({ run }) => run)).toContain('bash .ci/run')
    const versions = job?.strategy?.matrix.node ?? []
    expect(manifest.engines.node).toContain(versions[0])
    expect(versions.slice(1)).toEqual(
      [...read('scripts/test-nodes.ts').matchAll(/'(\d\d)'/g)].map(([, major]) => major),
    )
    expect(versions).toContain(read('.nvmrc').trim())
    expect(read('README.md')).toMatch(new RegExp(`Node(\\.js)? ${versions[0] ?? ''}`))
  })

  it('publish only what was checked: built, packed and linted in the same job', () => {
    const release = workflows.find(({ path }) => path.endsWith('release.yml'))?.workflow
    const publish = release?.jobs['publish']
    const runs = publish?.steps?.flatMap(({ run }) => run ?? []) ?? []
    const order = [
      'npm ci',
      'npm run build',
      'npm run release:check',
      'npm publish --workspace client --provenance --access public',
      'npm publish --provenance --access public',
    ]
    expect(runs.filter((run) => order.includes(run))).toEqual(order)
    expect(runs.at(-1)).toBe(order.at(-1))
    expect(publish?.environment).toBe('npm')
    expect(release?.jobs['verify']?.uses).toBe('./.github/workflows/ci.yml')
    expect(ci?.on).toHaveProperty('workflow_call')
  })
})
