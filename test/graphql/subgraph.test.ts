import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildSchema } from 'graphql'
import { afterEach, describe, expect, it } from 'vitest'
import { printDefaultSubgraph } from '../../scripts/print-schema.ts'
import { printSubgraphSchema } from '../../src/graphql/schema/subgraph-sdl.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const [backend] = BACKENDS as readonly [Backend]
const committed = readFileSync(join(resolve(import.meta.dirname, '../..'), 'schema/subgraph.graphql'), 'utf8')
const SERVICE = '{ _service { sdl } }'

describe('the text of the subgraph', () => {
  const running: TestGateway[] = []
  afterEach(async () => {
    for (const gateway of running.splice(0)) await gateway.close()
  })

  async function start(environment: string, settings: Record<string, string> = {}): Promise<TestGateway> {
    const gateway = await startGateway(backend, { SUBGRAPH: 'on', NODE_ENV: environment, ...settings })
    running.push(gateway)
    return gateway
  }

  it('is the committed one', () => {
    expect(printDefaultSubgraph()).toBe(committed)
  })

  it('is served in development, as it is committed', async () => {
    const { data } = await (await start('development')).sendText(SERVICE)
    expect(data).toEqual({ _service: { sdl: committed } })
  })

  it('is served without directives of access where they are off', async () => {
    const gateway = await start('development', { SUBGRAPH_ACCESS: 'off' })
    const { text } = await gateway.sendText(SERVICE)
    expect(text).toContain('type User implements Node @key')
    expect(text).not.toMatch(/@authenticated|@requiresScopes/)
  })

  it('is not served in production, as introspection is not (SR-262)', async () => {
    const gateway = await start('production')
    const [introspection, service] = await Promise.all(
      ['{ __schema { queryType { name } } }', SERVICE].map((query) => gateway.sendText(query)),
    )
    expect(service?.code).toBe('GRAPHQL_VALIDATION_FAILED')
    expect(service?.text).toBe(introspection?.text)
    const entities = '{ _entities(representations: []) { __typename } }'
    expect((await gateway.sendText(entities)).code).toBe('UNAUTHENTICATED')
  })

  it.each(['development', 'production'])(
    'comes with no trace of resolvers, which Apollo Server adds for routers (%s) (SR-262)',
    async (environment) => {
      const gateway = await start(environment)
      const headers = { 'apollo-federation-include-trace': 'ftv1' }
      expect((await gateway.sendText('{ me { id } }', {}, { headers })).text).not.toContain('ftv1')
    },
  )

  it('asks for the scopes of a role, and for the scope of a field if a role grants it', () => {
    const schema = buildSchema('type Query { open: Int own: Int edit: Int read: Int other: Int }')
    const extensions = {
      open: { access: 'public' },
      own: { access: 'owner' },
      edit: { access: 'role:EDITOR', scope: 'a:read' },
      read: { access: 'signed-in', scope: 'a:read' },
      other: { access: 'signed-in', scope: 'b:read' },
    }
    for (const [name, added] of Object.entries(extensions)) {
      const field = schema.getQueryType()?.getFields()[name]
      if (field) field.extensions = added
    }
    const text = printSubgraphSchema(schema, { USER: ['a:read'], EDITOR: ['a:edit', 'a:publish'] })
    expect(text)
      .toContain(`  edit: Int @authenticated @requiresScopes(scopes: [["a:edit", "a:publish", "a:read"]])
  open: Int
  other: Int @authenticated
  own: Int @authenticated
  read: Int @authenticated @requiresScopes(scopes: [["a:read"]])
`)
  })

  it('omits @oneOf, which @apollo/composition does not know', () => {
    const schema = buildSchema('type Query { a(b: B): Int } input B @oneOf { c: Int d: Int }')
    expect(printSubgraphSchema(schema, null)).toContain('input B {\n  c: Int\n  d: Int\n}')
  })
})
