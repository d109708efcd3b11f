import { buildSchema, execute, parse, type GraphQLResolveInfo } from 'graphql'
import { describe, expect, it } from 'vitest'
import { listRequestedFields } from '../../src/graphql/schema/requested-fields.ts'

const schema = buildSchema(`
  type Query { list: List }
  type List { nodes: [Node] edges: [Edge] total: Int }
  type Edge { node: Node }
  type Node { id: ID title: String content: String }
`)

function list(document: string): string[] {
  let found: ReadonlySet<string> = new Set()
  const rootValue = {
    list: (_args: unknown, _context: unknown, info: GraphQLResolveInfo) => {
      found = listRequestedFields(info, ['nodes', 'edges.node'])
      return null
    },
  }
  void execute({ schema, document: parse(document), rootValue })
  return [...found].sort()
}

describe('the requested fields of a list', () => {
  it.each([
    ['{ list { total } }', []],
    ['{ list { nodes { id } } }', ['id']],
    ['{ list { edges { node { title } } nodes { id } } }', ['id', 'title']],
    ['{ list { a: nodes { b: content } } }', ['content']],
    ['{ list { nodes { ... on Node { title } ...F } } } fragment F on Node { id }', ['id', 'title']],
    [
      '{ list { ...L } } fragment L on List { edges { ...E } } fragment E on Edge { node { content } }',
      ['content'],
    ],
    ['{ list { nodes { id } ...L } } fragment L on List { nodes { content } }', ['content', 'id']],
    ['{ list { nodes { id @skip(if: true) } } }', ['id']],
  ])('are found through aliases and fragments: %s (SR-247)', (document, fields) => {
    expect(list(document)).toEqual(fields)
  })

  it('are found in time that does not double with each level of fragments', () => {
    const levels = Array.from(
      { length: 60 },
      (_, n) => `fragment F${n} on Node { ...F${n + 1} ...F${n + 1} }`,
    )
    expect(list(`{ list { nodes { ...F0 } } } ${levels.join(' ')} fragment F60 on Node { id }`)).toEqual([
      'id',
    ])
  })
})
