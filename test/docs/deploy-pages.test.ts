import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/deploy/tools.ts'
import { readTemplate } from '../deploy/environments.ts'

const PAGES = ['deploy.md', 'deploy-aws.md', 'deploy-aws-rollback.md'] as const
const STACKS = ['network', 'data', 'service'] as const
const read = (page: (typeof PAGES)[number]) => readFileSync(join(ROOT, 'docs', page), 'utf8')
const { scripts, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
  readonly version: string
}

/** Commands of the shell blocks of a page, each on one line. */
function listCommands(page: (typeof PAGES)[number]): string[] {
  const blocks = [...read(page).matchAll(/^ *```sh\n([\s\S]*?)^ *```$/gm)].map(([, text]) => text ?? '')
  return blocks.flatMap((text) =>
    text
      .replace(/\\\n\s*/g, '')
      .trim()
      .split('\n')
      .map((line) => line.trim()),
  )
}

/** The stack that a command deploys, and the names of the parameters that it sets. */
function parseDeployment(command: string) {
  const [, stack = ''] = /--template-file deploy\/aws\/(\w+)\.yaml/.exec(command) ?? []
  const [, overrides = ''] = /--parameter-overrides (.+)$/.exec(command) ?? []
  const parameters = [...overrides.matchAll(/(?:^|\s)(\w+)=/g)].map(([, name]) => name ?? '')
  return {
    stack: stack as (typeof STACKS)[number],
    name: /--stack-name ([\w-]+)/.exec(command)?.[1],
    parameters,
  }
}

describe.each(PAGES)('%s', (page) => {
  it('names files of deploy/ that exist', () => {
    const named = [...read(page).matchAll(/deploy\/[\w./@-]*\w/g)].map(([path]) => path)
    const files = named.filter((path) => !path.startsWith('deploy/compose/generated'))
    expect(files.length).toBeGreaterThan(0)
    expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('has commands whose npm scripts and version of the package exist', () => {
    const commands = listCommands(page)
    expect(commands.length).toBeGreaterThan(3)
    const run = commands.flatMap((command) => /^npm run ([\w:]+)/.exec(command)?.[1] ?? [])
    expect(run.filter((script) => !(script in scripts))).toEqual([])
    for (const command of commands.filter(
      (text) => text.includes('graphql-auth-gateway@') && text.startsWith('npm'),
    ))
      expect(command).toContain(`graphql-auth-gateway@${version}`)
  })
})

describe('the steps of deploy-aws.md', () => {
  const deployments = listCommands('deploy-aws.md')
    .filter((command) => command.startsWith('aws cloudformation deploy'))
    .map(parseDeployment)

  it('create the stacks in the order of their imports', () => {
    expect(deployments.map(({ stack }) => stack)).toEqual(STACKS)
    const names = deployments.map(({ name }) => name)
    const [, , service] = listCommands('deploy-aws.md').filter((text) =>
      text.startsWith('aws cloudformation deploy'),
    )
    expect(service).toContain(`NetworkStack=${names[0]} DataStack=${names[1]}`)
  })

  it.each(STACKS)('set every parameter of the template %s that has no default, and no other', (stack) => {
    const declared = readTemplate(stack).Parameters ?? {}
    const required = Object.keys(declared).filter((name) => declared[name]?.Default === undefined)
    const { parameters = [] } = deployments.find((deployment) => deployment.stack === stack) ?? {}
    expect([...parameters].sort()).toEqual(required.sort())
  })
})

describe('the commands of deploy-aws-rollback.md', () => {
  it('set parameters that the template of the service has', () => {
    const overrides = [...read('deploy-aws-rollback.md').matchAll(/--parameter-overrides ([^`\n]+)/g)]
    const names = overrides.flatMap(([, text = '']) =>
      [...text.matchAll(/(\w+)=/g)].map(([, name]) => name ?? ''),
    )
    expect(names).toEqual(expect.arrayContaining(['ImageUri', 'DesiredCount', 'RedisPrefix']))
    const declared = readTemplate('service').Parameters ?? {}
    expect(names.filter((name) => !(name in declared))).toEqual([])
  })
})
