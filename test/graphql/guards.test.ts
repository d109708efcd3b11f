import { readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  buildSchema,
  getIntrospectionQuery,
  getNamedType,
  isInputObjectType,
  parse,
  type GraphQLInputType,
} from 'graphql'
import { describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { PARSE_OPTIONS, validateGuarded } from '../../src/graphql/guards/guards.ts'
import { DOCUMENT_LIMITS, SENSITIVE_FIELDS } from '../../src/graphql/guards/document-limits.ts'

const schema = buildSchema(`
  type Query {
    node: Node
    list: [Node!]!
    page(first: Int, last: Int): Page
    plain(first: Int): [Node!]
    pick(ids: [ID!]): Int
  }
  type Mutation { login: Node  refresh: Node  rename: Node }
  type Node { id: ID  tags: [String!]!  next: Node  list: [Node!]!  page(first: Int): Page }
  type Page { nodes: [Node!]!  edges: [Edge!]!  total: Int }
  type Edge { node: Node }
`)

/** What is said against a document; empty when it passes. */
function said(document: string): string[] {
  return validateGuarded(schema, parse(document, PARSE_OPTIONS)).map(({ message }) => message)
}

const times = (count: number, text: string) => Array.from({ length: count }, () => text).join(' ')
const chain = (count: number, field: string, leaf: string): string =>
  count === 1 ? leaf : `${field} { ${chain(count - 1, field, leaf)} }`

/** The same selection of the root, written in every way there is. */
const FORMS: Readonly<Record<string, (selection: string) => string>> = {
  'as it is': (selection) => `{ ${selection} }`,
  'in inline fragments': (selection) => `{ ... { ... on Query { ${selection} } } }`,
  'in a fragment': (selection) => `{ ...A } fragment A on Query { ${selection} }`,
  'in nested fragments': (selection) =>
    `{ ...A } fragment A on Query { ... { ...B } } fragment B on Query { ${selection} }`,
  'in a fragment named __schema': (selection) =>
    `{ ...__schema } fragment __schema on Query { ${selection} }`,
  'in the second operation': (selection) => `query A { node { id } } query B { ${selection} }`,
}

/** For each limit: a selection that asks for exactly so much, and what is said of one more. */
const ASKING: Readonly<
  Record<string, readonly [selection: (count: number) => string, most: number, words: string]>
> = {
  depth: [
    (count) => `node { ${chain(count - 1, 'next', 'id')} }`,
    DOCUMENT_LIMITS.depth,
    'is 11 fields deep; the limit is 10',
  ],
  'root fields': [
    (count) => times(count - 1, 'node { id }') + ' __typename',
    DOCUMENT_LIMITS.rootFields,
    'has 11 root fields; the limit is 10',
  ],
  aliases: [
    (count) => `node { ${Array.from({ length: count }, (_, index) => `a${index}: id`).join(' ')} }`,
    DOCUMENT_LIMITS.aliases,
    'has 16 aliases; the limit is 15',
  ],
  directives: [
    (count) => `node { ${times(count - 1, 'id @include(if: true)')} ... @skip(if: false) { id } }`,
    DOCUMENT_LIMITS.directives,
    'has 11 directives; the limit is 10',
  ],
  // 1 for the page, 1 for its nodes, 98 × 51 for what is in them, 1 for each further field.
  cost: [
    (count) => `page(first: 98) { nodes { ${times(51, 'id')} } } ${times(count - 5000, '__typename')}`,
    DOCUMENT_LIMITS.cost,
    'cost of 5001; the limit is 5000',
  ],
  'list items': [
    (count) => `pick(ids: [${times(count, '"a"')}])`,
    DOCUMENT_LIMITS.listItems,
    'A list has 101 items; the limit is 100',
  ],
  'introspection depth': [
    (count) => `__type(name: "Node") { ${chain(count - 1, 'ofType', 'name')} }`,
    DOCUMENT_LIMITS.introspectionDepth,
    'The introspection query is 16 fields deep; the limit is 15',
  ],
}

describe.each(Object.entries(ASKING))('the limit of %s', (_name, [selection, most, words]) => {
  it.each(Object.entries(FORMS))('passes at the limit and refuses one more, %s (SR-100)', (_form, write) => {
    expect(said(write(selection(most)))).toEqual([])
    expect(said(write(selection(most + 1)))).toEqual([expect.stringContaining(words)])
  })
})

describe('the guards', () => {
  it('count a fragment wherever it is spread, and what is spread in it (SR-100)', () => {
    const three = 'fragment A on Node { a: id b: id c: id } fragment B on Node { ...A ...A }'
    const five = `{ node { ...A ...B ...B } } ${three}`
    expect(said(five)).toEqual([])
    expect(said(`{ x: node { ...A ...B ...B } } ${three}`)).toEqual([expect.stringContaining('16 aliases')])
    const deep = (levels: number) => `{ node { ...A } } fragment A on Node { ${chain(levels, 'next', 'id')} }`
    expect([said(deep(9)), said(deep(10)).length]).toEqual([[], 1])
  })

  it('count directives on operations, variables, fragments and spreads (SR-100)', () => {
    const marks = times(2, '@a')
    const known = buildSchema(
      'directive @a repeatable on QUERY | VARIABLE_DEFINITION | FRAGMENT_DEFINITION | FRAGMENT_SPREAD | INLINE_FRAGMENT | FIELD type Query { a(b: Int): Int }',
    )
    const ask = (more: string) =>
      `query ($b: Int ${marks}) ${marks} { ...F ${marks} ... ${marks} { a(b: $b) ${more} } } fragment F on Query ${marks} { a(b: $b) }`
    const saidOf = (text: string) => validateGuarded(known, parse(text)).map(({ message }) => message)
    expect(saidOf(ask(''))).toEqual([])
    expect(saidOf(ask('@a'))).toEqual(['The operation has 11 directives; the limit is 10.'])
  })

  it.each([
    ['first', 'page(first: 5) { nodes { id } }', 1 + 1 + 5],
    ['last', 'page(last: 5) { edges { node { id } } }', 1 + 1 + 5 * 2],
    ['the larger of both', 'page(first: 2, last: 5) { nodes { id } }', 1 + 1 + 5],
    ['neither', 'page { nodes { id } }', 1 + 1 + 20],
    ['null', 'page(first: null) { nodes { id } }', 1 + 1 + 20],
    ['a variable, which counts as the most', 'page(first: $n) { nodes { id } }', 1 + 1 + 100],
    ['more than there can be', 'page(first: 999999) { nodes { id } }', 1 + 1 + 100],
    ['less than nothing', 'page(first: -5) { nodes { id } }', 1 + 1 + 1],
    ['what is no list', 'page(first: 50) { total }', 2],
    ['a list with first', 'plain(first: 5) { id }', 1 + 5],
    ['a list without', 'list { id }', 1 + 20],
    ['a list in a page', 'page(first: 5) { nodes { list { id } } }', 1 + 1 + 5 * (1 + 20)],
    ['a page in a page', 'page(first: 5) { nodes { page(first: 3) { nodes { id } } } }', 2 + 5 * (2 + 3)],
    ['a list of texts', 'node { tags }', 2],
    ['a page split over fragments', 'page(first: 5) { ...P ... { nodes { id } } }', 1 + 6 + 6],
  ])('cost: %s (SR-100)', (_name, selection, cost) => {
    const rest = selection.includes('...P') ? 'fragment P on Page { nodes { id } }' : ''
    const head = selection.includes('$n') ? 'query ($n: Int)' : ''
    // Fills up to the limit and one past it, one field at a time.
    const fill = (total: number) => {
      const left = total - cost
      const list = Math.floor((left - 2) / 98)
      const rest = left - 2 - 98 * list
      return `page(first: 98) { nodes { ${times(list, 'id')} } ${times(rest, 'total')} }`
    }
    const ask = (total: number) => `${head} { ${selection} other: ${fill(total)} } ${rest}`
    expect(said(ask(DOCUMENT_LIMITS.cost))).toEqual([])
    expect(said(ask(DOCUMENT_LIMITS.cost + 1))).toEqual([
      'The operation has a cost of 5001; the limit is 5000.',
    ])
  })

  it('take no other field for introspection, under any alias (SR-100)', () => {
    const deep = chain(10, 'next', 'id')
    expect(said(`{ __schema: node { ${deep} } }`)).toEqual([expect.stringContaining('11 fields deep')])
    expect(said(`{ __schema { queryType { name } } node { ${deep} } }`)).toHaveLength(1)
  })

  it('take a bomb of fragments and a circle in linear time (SR-100)', () => {
    const bomb = (levels: number) =>
      Array.from({ length: levels }, (_, i) => `fragment F${i} on Node { ...F${i + 1} ...F${i + 1} }`).join(
        ' ',
      )
    const started = performance.now()
    expect(said(`{ node { ...F0 } } ${bomb(60)} fragment F60 on Node { a: id }`).join()).toContain('aliases')
    expect(
      said('{ node { ...A } } fragment A on Node { next { ...B } } fragment B on Node { ...A }').join(),
    ).toContain('spread')
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('let a sensitive field stand alone only: no second one, no other field, no __typename (SR-098)', () => {
    expect(said('mutation { login { id } }')).toEqual([])
    expect(said('mutation { a: login { id } }')).toEqual([])
    expect(said('mutation { ...A } fragment A on Mutation { login { id next { id } } }')).toEqual([])
    expect(said('mutation { rename { id } again: rename { id } __typename }')).toEqual([])
    for (const more of [
      'a: login { id }',
      'a: login @skip(if: true) { id }',
      '... { login { id } }',
      '...A',
      'refresh { id }',
      'rename { id }',
      '__typename',
      'x: __typename',
    ]) {
      const fragment = more === '...A' ? 'fragment A on Mutation { ... { b: login { id } } }' : ''
      expect(said(`mutation { login { id } ${more} } ${fragment}`)).toEqual([
        expect.stringContaining('has 2 root fields; the limit is 1'),
      ])
    }
    expect(said('mutation { ...A ...A } fragment A on Mutation { login { id } }')).toHaveLength(1)
  })

  it('know every mutation that takes or sends a secret (SR-098)', () => {
    const secret = /password|code|otp|token|secret/i
    const takes = (name: string, type: GraphQLInputType): boolean => {
      const named = getNamedType(type)
      if (secret.test(name)) return true
      return (
        isInputObjectType(named) &&
        Object.values(named.getFields()).some((field) => takes(field.name, field.type))
      )
    }
    const fields = Object.values(schemaWithoutServices().getMutationType()?.getFields() ?? {})
    const found = fields.filter(
      ({ name, args }) => secret.test(name) || args.some((arg) => takes(arg.name, arg.type)),
    )
    expect(found.map(({ name }) => name).filter((name) => !SENSITIVE_FIELDS.has(name))).toEqual([])
    const names = fields.map(({ name }) => name)
    expect([...SENSITIVE_FIELDS].filter((name) => !names.includes(name))).toEqual([])
    for (const name of ['register', 'requestOtp', 'verifyOtp', 'login', 'refresh'])
      expect(SENSITIVE_FIELDS).toContain(name)
  })

  it('pass the introspection of an IDE, whole, and every operation of ours', () => {
    const whole = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }
    const ours = schemaWithoutServices()
    expect(validateGuarded(ours, parse(getIntrospectionQuery(whole), PARSE_OPTIONS))).toEqual([])
    const folder = resolve(import.meta.dirname, '../../schema/operations')
    const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
    expect(validateGuarded(ours, parse(text.join('\n')))).toEqual([])
  })
})
