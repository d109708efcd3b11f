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

/** The messages of the validation errors of a document. */
function findErrors(document: string): string[] {
  return validateGuarded(schema, parse(document, PARSE_OPTIONS)).map(({ message }) => message)
}

const repeat = (count: number, text: string) => Array.from({ length: count }, () => text).join(' ')
const nestFields = (count: number, field: string, leaf: string): string =>
  count === 1 ? leaf : `${field} { ${nestFields(count - 1, field, leaf)} }`

/** Documents that contain a root selection in different forms. */
const FORMS: Readonly<Record<string, (selection: string) => string>> = {
  'written directly': (selection) => `{ ${selection} }`,
  'in inline fragments': (selection) => `{ ... { ... on Query { ${selection} } } }`,
  'in a fragment': (selection) => `{ ...A } fragment A on Query { ${selection} }`,
  'in nested fragments': (selection) =>
    `{ ...A } fragment A on Query { ... { ...B } } fragment B on Query { ${selection} }`,
  'in a fragment named __schema': (selection) =>
    `{ ...__schema } fragment __schema on Query { ${selection} }`,
  'in the second operation': (selection) => `query A { node { id } } query B { ${selection} }`,
}

/** For each limit: a selection of a given size, the maximum, and the message for one more. */
const LIMIT_CASES: Readonly<
  Record<string, readonly [selection: (count: number) => string, max: number, message: string]>
> = {
  depth: [
    (count) => `node { ${nestFields(count - 1, 'next', 'id')} }`,
    DOCUMENT_LIMITS.depth,
    'is 11 fields deep; the limit is 10',
  ],
  'root fields': [
    (count) => repeat(count, 'node { id }') + ' __typename x: __typename',
    DOCUMENT_LIMITS.rootFields,
    'has 11 root fields; the limit is 10',
  ],
  aliases: [
    (count) => `node { ${Array.from({ length: count }, (_, index) => `a${index}: id`).join(' ')} }`,
    DOCUMENT_LIMITS.aliases,
    'has 16 aliases; the limit is 15',
  ],
  directives: [
    (count) => `node { ${repeat(count - 1, 'id @include(if: true)')} ... @skip(if: false) { id } }`,
    DOCUMENT_LIMITS.directives,
    'has 11 directives; the limit is 10',
  ],
  // 1 for the page, 1 for its nodes, 98 × 51 for their fields, 1 for each further field.
  cost: [
    (count) => `page(first: 98) { nodes { ${repeat(51, 'id')} } } ${repeat(count - 5000, '__typename')}`,
    DOCUMENT_LIMITS.cost,
    'cost of 5001; the limit is 5000',
  ],
  'list items': [
    (count) => `pick(ids: [${repeat(count, '"a"')}])`,
    DOCUMENT_LIMITS.listItems,
    'A list has 101 items; the limit is 100',
  ],
  'introspection depth': [
    (count) => `__type(name: "Node") { ${nestFields(count - 1, 'ofType', 'name')} }`,
    DOCUMENT_LIMITS.introspectionDepth,
    'The introspection query is 16 fields deep; the limit is 15',
  ],
}

describe.each(Object.entries(LIMIT_CASES))('the limit of %s', (_name, [selection, max, message]) => {
  it.each(Object.entries(FORMS))(
    'accepts a selection at the limit and rejects one more, %s (SR-100)',
    (_form, write) => {
      expect(findErrors(write(selection(max)))).toEqual([])
      expect(findErrors(write(selection(max + 1)))).toEqual([expect.stringContaining(message)])
    },
  )
})

describe('the guards', () => {
  it('count a fragment at each of its spreads, with its nested fragments (SR-100)', () => {
    const three = 'fragment A on Node { a: id b: id c: id } fragment B on Node { ...A ...A }'
    const five = `{ node { ...A ...B ...B } } ${three}`
    expect(findErrors(five)).toEqual([])
    expect(findErrors(`{ x: node { ...A ...B ...B } } ${three}`)).toEqual([
      expect.stringContaining('16 aliases'),
    ])
    const deep = (levels: number) =>
      `{ node { ...A } } fragment A on Node { ${nestFields(levels, 'next', 'id')} }`
    expect([findErrors(deep(9)), findErrors(deep(10)).length]).toEqual([[], 1])
  })

  it('count directives on operations, variables, fragments and spreads (SR-100)', () => {
    const directives = repeat(2, '@a')
    const repeatable = buildSchema(
      'directive @a repeatable on QUERY | VARIABLE_DEFINITION | FRAGMENT_DEFINITION | FRAGMENT_SPREAD | INLINE_FRAGMENT | FIELD type Query { a(b: Int): Int }',
    )
    const buildQuery = (directive: string) =>
      `query ($b: Int ${directives}) ${directives} { ...F ${directives} ... ${directives} { a(b: $b) ${directive} } } fragment F on Query ${directives} { a(b: $b) }`
    const findRepeatableErrors = (text: string) =>
      validateGuarded(repeatable, parse(text)).map(({ message }) => message)
    expect(findRepeatableErrors(buildQuery(''))).toEqual([])
    expect(findRepeatableErrors(buildQuery('@a'))).toEqual([
      'The operation has 11 directives; the limit is 10.',
    ])
  })

  it.each([
    ['first', 'page(first: 5) { nodes { id } }', 1 + 1 + 5],
    ['last', 'page(last: 5) { edges { node { id } } }', 1 + 1 + 5 * 2],
    ['the larger of both', 'page(first: 2, last: 5) { nodes { id } }', 1 + 1 + 5],
    ['neither', 'page { nodes { id } }', 1 + 1 + 20],
    ['null', 'page(first: null) { nodes { id } }', 1 + 1 + 20],
    ['a variable, which counts as the maximum', 'page(first: $n) { nodes { id } }', 1 + 1 + 100],
    ['more than the maximum', 'page(first: 999999) { nodes { id } }', 1 + 1 + 100],
    ['a negative number', 'page(first: -5) { nodes { id } }', 1 + 1 + 1],
    ['a page without a selected list', 'page(first: 50) { total }', 2],
    ['a list with first', 'plain(first: 5) { id }', 1 + 5],
    ['a list without first', 'list { id }', 1 + 20],
    ['a list in a page', 'page(first: 5) { nodes { list { id } } }', 1 + 1 + 5 * (1 + 20)],
    ['a page in a page', 'page(first: 5) { nodes { page(first: 3) { nodes { id } } } }', 2 + 5 * (2 + 3)],
    ['a list of scalars', 'node { tags }', 2],
    ['a page split over fragments', 'page(first: 5) { ...P ... { nodes { id } } }', 1 + 6 + 6],
  ])('count the cost of %s (SR-100)', (_name, selection, cost) => {
    const rest = selection.includes('...P') ? 'fragment P on Page { nodes { id } }' : ''
    const head = selection.includes('$n') ? 'query ($n: Int)' : ''
    // Pads the document to an exact total cost.
    const pad = (total: number) => {
      const left = total - cost
      const list = Math.floor((left - 2) / 98)
      const rest = left - 2 - 98 * list
      return `page(first: 98) { nodes { ${repeat(list, 'id')} } ${repeat(rest, 'total')} }`
    }
    const buildQuery = (total: number) => `${head} { ${selection} other: ${pad(total)} } ${rest}`
    expect(findErrors(buildQuery(DOCUMENT_LIMITS.cost))).toEqual([])
    expect(findErrors(buildQuery(DOCUMENT_LIMITS.cost + 1))).toEqual([
      'The operation has a cost of 5001; the limit is 5000.',
    ])
  })

  it('treat no other field as introspection, under any alias (SR-100)', () => {
    const deep = nestFields(10, 'next', 'id')
    expect(findErrors(`{ __schema: node { ${deep} } }`)).toEqual([expect.stringContaining('11 fields deep')])
    expect(findErrors(`{ __schema { queryType { name } } node { ${deep} } }`)).toHaveLength(1)
  })

  it('reject exponential fragments and cyclic fragments in linear time (SR-100)', () => {
    const nestFragments = (levels: number) =>
      Array.from({ length: levels }, (_, i) => `fragment F${i} on Node { ...F${i + 1} ...F${i + 1} }`).join(
        ' ',
      )
    const started = performance.now()
    expect(
      findErrors(`{ node { ...F0 } } ${nestFragments(60)} fragment F60 on Node { a: id }`).join(),
    ).toContain('aliases')
    expect(
      findErrors('{ node { ...A } } fragment A on Node { next { ...B } } fragment B on Node { ...A }').join(),
    ).toContain('spread')
    expect(performance.now() - started).toBeLessThan(1000)
  })

  it('accept a sensitive field only as the single root field: without a second one or another field (SR-098)', () => {
    expect(findErrors('mutation { login { id } }')).toEqual([])
    expect(findErrors('mutation { a: login { id } }')).toEqual([])
    expect(findErrors('mutation { ...A } fragment A on Mutation { login { id next { id } } }')).toEqual([])
    expect(findErrors('mutation { rename { id } again: rename { id } __typename }')).toEqual([])
    for (const more of [
      'a: login { id }',
      'a: login @skip(if: true) { id }',
      '... { login { id } }',
      '...A',
      'refresh { id }',
      'rename { id }',
    ]) {
      const fragment = more === '...A' ? 'fragment A on Mutation { ... { b: login { id } } }' : ''
      expect(findErrors(`mutation { login { id } ${more} } ${fragment}`)).toEqual([
        expect.stringContaining('has 2 root fields; the limit is 1'),
      ])
    }
    expect(findErrors('mutation { ...A ...A } fragment A on Mutation { login { id } }')).toHaveLength(1)
  })

  it('accept meta fields beside a sensitive field, which take no secret (SR-098)', () => {
    for (const selection of [
      '__typename login { id }',
      'login { __typename id } x: __typename',
      '...A } fragment A on Mutation { __typename login { id }',
    ])
      expect(findErrors(`mutation { ${selection} }`)).toEqual([])
    expect(findErrors('mutation { __typename login { id } refresh { id } }')).toEqual([
      expect.stringContaining('has 2 root fields; the limit is 1'),
    ])
  })

  it('list every mutation that takes or sends a secret as sensitive (SR-098)', () => {
    const secret = /password|code|otp|token|secret/i
    const takesSecret = (name: string, type: GraphQLInputType): boolean => {
      const named = getNamedType(type)
      if (secret.test(name)) return true
      return (
        isInputObjectType(named) &&
        Object.values(named.getFields()).some((field) => takesSecret(field.name, field.type))
      )
    }
    const fields = Object.values(schemaWithoutServices().getMutationType()?.getFields() ?? {})
    const found = fields.filter(
      ({ name, args }) => secret.test(name) || args.some((arg) => takesSecret(arg.name, arg.type)),
    )
    expect(found.map(({ name }) => name).filter((name) => !SENSITIVE_FIELDS.has(name))).toEqual([])
    const names = fields.map(({ name }) => name)
    expect([...SENSITIVE_FIELDS].filter((name) => !names.includes(name))).toEqual([])
    for (const name of ['register', 'requestOtp', 'verifyOtp', 'login', 'refresh'])
      expect(SENSITIVE_FIELDS).toContain(name)
  })

  it('accept the full introspection query of an IDE and every operation of this repository', () => {
    const options = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    }
    const gatewaySchema = schemaWithoutServices()
    expect(validateGuarded(gatewaySchema, parse(getIntrospectionQuery(options), PARSE_OPTIONS))).toEqual([])
    const folder = resolve(import.meta.dirname, '../../schema/operations')
    const text = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
    expect(validateGuarded(gatewaySchema, parse(text.join('\n')))).toEqual([])
  })
})
