import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse, validate } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>
}

function findBlocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, text]) => text ?? '',
  )
}

/** The JSON objects that the README has readers type, with `<name>` where a value belongs. */
const [variablesTemplate = '', headersTemplate = ''] = [...readme.matchAll(/`(\{ "[^`]+\})`/g)].map(
  ([, text]) => text ?? '',
)

function fillIn(template: string, values: Readonly<Record<string, string>>): Record<string, string> {
  const text = template.replace(/<(\w+)>/g, (_, name: string) => values[name] ?? '')
  return JSON.parse(text) as Record<string, string>
}

describe('the README', () => {
  it('fits on two screens', () => expect(readme.split('\n').length).toBeLessThanOrEqual(100))

  it('starts the gateway and the tests with one command each', () => {
    expect(findBlocks('sh')).toEqual(['npm install && npm start\n', 'npm test\n'])
  })

  it('shows a sign-in in React of less than 20 lines, which client/test/docs runs', () => {
    const [application = ''] = findBlocks('tsx src/main.tsx')
    expect(application).toContain('auth.login(')
    expect(application.trimEnd().split('\n').length).toBeLessThan(20)
  })

  it('names npm scripts that exist', () => {
    const named = [...readme.matchAll(/npm run ([a-z:]+)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe('the sign-in of the README', () => {
  const documents = findBlocks('graphql')
  const [document = ''] = documents
  let gateway: TestGateway
  let url: string

  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { NODE_ENV: 'development' })
    url = `${await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })}/graphql`
  })
  afterAll(() => gateway.close())

  /** Sends the whole document with the name of one operation, as GraphiQL does. */
  async function run(operationName: string, variables: object, headers: Record<string, string> = {}) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
      body: JSON.stringify({ query: document, operationName, variables }),
    })
    const { data, errors } = (await response.json()) as {
      data: Record<string, Record<string, string>>
      errors?: unknown
    }
    expect(errors).toBeUndefined()
    return Object.values(data)[0] ?? {}
  }

  it('is one block that is valid as a whole', () => {
    expect(documents).toHaveLength(1)
    expect(validate(schemaWithoutServices(), parse(document))).toEqual([])
  })

  it('works when the block is pasted whole and its operations are run in order', async () => {
    const registered = await run('Register', {})
    const variables = fillIn(variablesTemplate, registered)
    const verified = await run('VerifyEmail', variables)
    const me = await run('Me', variables, fillIn(headersTemplate, verified))
    expect(me).toEqual({ id: expect.any(String) as string, email: 'ada@example.com' })
  })
})
