import { buildSchema, isObjectType, isUnionType, type DirectiveNode, type GraphQLSchema } from 'graphql'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  COMMITTED_SUBGRAPH,
  COMPOSERS,
  buildWithApollo,
  compose,
  describeWithRouters,
  printSubgraphWith,
  readReviewsSchema,
} from '../support/federation.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway } from '../support/gateway.ts'

const LOCATIONS = { auth: 'http://auth.example/graphql', reviews: 'http://reviews.example/graphql' } as const

/** The directives of a type, or of one of its fields, as text. */
function listDirectives(schema: GraphQLSchema, path: string): string[] {
  const [typeName = '', fieldName] = path.split('.')
  const type = schema.getType(typeName)
  if (!isObjectType(type)) throw new Error(`no object type ${typeName}`)
  const node = fieldName === undefined ? type.astNode : type.getFields()[fieldName]?.astNode
  return (node?.directives ?? []).map(formatDirective)
}

function formatDirective({ name, arguments: args = [] }: DirectiveNode): string {
  const values = args.map((argument) => {
    const { loc } = argument
    return loc ? loc.source.body.slice(loc.start, loc.end) : argument.name.value
  })
  return `@${name.value}${values.length > 0 ? `(${values.join(', ')})` : ''}`
}

describeWithRouters('the schema of the subgraph', () => {
  describe.each(COMPOSERS)('composes with a second subgraph (%s)', (library) => {
    let supergraph: GraphQLSchema
    beforeAll(async () => {
      const reviews = { name: 'reviews', url: LOCATIONS.reviews, sdl: readReviewsSchema() }
      const auth = { name: 'auth', url: LOCATIONS.auth, sdl: COMMITTED_SUBGRAPH }
      supergraph = buildSchema(await compose(library, [auth, reviews]), { assumeValidSDL: true })
    })

    it.each(['User', 'Post'])('to a supergraph in which both know %s by its key', (type) => {
      expect(listDirectives(supergraph, type)).toEqual(
        expect.arrayContaining(['AUTH', 'REVIEWS'].map((graph) => `@join__type(graph: ${graph}, key: "id")`)),
      )
    })

    it('to a supergraph with the directives of access', () => {
      const read = (path: string) =>
        listDirectives(supergraph, path).filter((text) => !text.startsWith('@join'))
      expect(read('Query.me')).toEqual(['@authenticated'])
      expect(read('Query.posts')).toEqual(['@authenticated', '@requiresScopes(scopes: [["posts:read"]])'])
      expect(read('Mutation.createPost')).toEqual([
        '@authenticated',
        '@requiresScopes(scopes: [["posts:write"]])',
      ])
      expect(read('Post')).toEqual(['@authenticated'])
    })

    it('to a supergraph in which callers without a token can sign in', () => {
      const read = (path: string) =>
        listDirectives(supergraph, path).filter((text) => !text.startsWith('@join'))
      for (const path of ['Mutation.login', 'Mutation.refresh', 'AuthPayload', 'AuthPayload.accessToken'])
        expect(read(path)).toEqual([])
      for (const path of ['User', 'User.id', 'User.email', 'Session.id']) expect(read(path)).toEqual([])
    })
  })

  it('composes without directives of access too, as @apollo/gateway requires', async () => {
    const auth = { name: 'auth', url: LOCATIONS.auth, sdl: printSubgraphWith({ SUBGRAPH_ACCESS: 'off' }) }
    const supergraph = await compose('apollo', [auth])
    expect(supergraph).not.toMatch(/authenticated|requiresScopes/)
    expect(supergraph).toContain('@join__type(graph: AUTH, key: "id")')
  })

  it('has the fields and types that @apollo/subgraph adds to it', async () => {
    const [backend] = BACKENDS as readonly [Backend]
    const gateway = await startGateway(backend, { SUBGRAPH: 'on' })
    const reference = buildSchema(await buildWithApollo(COMMITTED_SUBGRAPH), { assumeValidSDL: true })
    const describeField = (schema: GraphQLSchema, name: string) => {
      const field = schema.getQueryType()?.getFields()[name]
      return [
        String(field?.type),
        field?.args.map((argument) => `${argument.name}: ${String(argument.type)}`),
      ]
    }
    for (const name of ['_entities', '_service'])
      expect(describeField(gateway.app.schema, name)).toEqual(describeField(reference, name))
    const listEntities = (schema: GraphQLSchema) => {
      const union = schema.getType('_Entity')
      return isUnionType(union) && union.getTypes().map(({ name }) => name)
    }
    expect(listEntities(gateway.app.schema)).toEqual(['User', 'Post'])
    expect(listEntities(reference)).toEqual(expect.arrayContaining(['User', 'Post']))
    await gateway.close()
  })
})
