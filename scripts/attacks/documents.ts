import type { Attack } from './attack.ts'
import { tally } from './attack.ts'
import type { Seen, Target } from './target.ts'

const REFUSED = '400 GRAPHQL_VALIDATION_FAILED'
const many = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ')
const outcome = ({ status, code }: Seen) => `${status} ${code}`

/** A document that must be refused for what it is. */
function refused(name: string, query: string, variables?: object, expected = REFUSED): Attack {
  return { name, expected, run: async (target) => outcome(await target.query(query, variables)) }
}

/** Guesses at a victim's code, as many as told, all in one document; the right one is among them. */
async function guess(target: Target, guesses: number): Promise<string> {
  const { email, code, from } = await target.register()
  const codes = [...Array.from({ length: guesses - 1 }, (_, index) => String(index).padStart(6, '0')), code]
  const field = (text: string, index: number) =>
    `a${index}: verifyOtp(input: { email: "${email}", code: "${text}", purpose: VERIFY_EMAIL }) { __typename }`
  const { status, code: said } = await target.query(
    `mutation { ${codes.map(field).join(' ')} }`,
    {},
    { from },
  )
  // None was evaluated: the code has lost no guess.
  const verify =
    'mutation ($e: String!, $c: String!) { verifyOtp(input: { email: $e, code: $c, purpose: VERIFY_EMAIL }) { __typename } }'
  const after = await target.query(verify, { e: email, c: code }, { from })
  return `${status} ${said}; the code still ${after.code === 'ok' ? 'works' : 'does not work'}`
}

const bomb = many(26, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)
const SENSITIVE = [
  'login(input: { email: "a@example.com", password: "b" }) { __typename }',
  'verifyOtp(input: { email: "a@example.com", code: "000000" }) { __typename }',
  'requestOtp(input: { email: "a@example.com" }) { channel }',
  'refresh(refreshToken: "x") { __typename }',
  'register(input: { email: "a@example.com" }) { challengeId }',
]

const EVERYTHING = 'id title author { id fullName }'

/** What one GraphQL document can be made to ask for. */
export const DOCUMENT_ATTACKS: readonly Attack[] = [
  refused('16 aliases of one field', `{ ${many(16, (index) => `a${index}: __typename`)} }`),
  refused('1,000 aliases of one field', `{ ${many(1000, (index) => `a${index}: __typename`)} }`),
  {
    name: '5,000 guesses at a code in one request',
    expected: '413 PAYLOAD_TOO_LARGE; the code still works',
    run: (target) => guess(target, 5000),
  },
  {
    name: '5 guesses at a code in one small request',
    expected: `${REFUSED}; the code still works`,
    run: (target) => guess(target, 5),
  },
  refused(
    '5,000 aliases of different fields that take secrets',
    `mutation { ${many(5000, (index) => `a${index}: ${SENSITIVE[index % 5]}`)} }`,
    {},
    '413 PAYLOAD_TOO_LARGE',
  ),
  refused('one of each field that takes a secret', `mutation { ${SENSITIVE.join(' ')} }`),
  refused('a secret field beside __typename', `mutation { __typename ${SENSITIVE[0]} }`),
  {
    name: 'an array of 100 operations',
    expected: '400 BAD_REQUEST',
    run: async (target) => outcome(await target.send(Array(100).fill({ query: '{ __typename }' }))),
  },
  {
    name: 'fragments that expand to 67 million fields',
    expected: `${REFUSED} within a second`,
    async run(target) {
      const begun = performance.now()
      const seen = await target.query(`{ ...F0 } ${bomb} fragment F26 on Query { __typename }`)
      return `${outcome(seen)}${performance.now() - begun < 1000 ? ' within a second' : ' late'}`
    },
  },
  refused('fragments in a circle', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
  {
    name: 'introspection, direct, by fragment and by alias',
    expected: `${REFUSED} ×3; no type is named`,
    async run(target) {
      const seen = await Promise.all(
        [
          '{ __schema { types { name } } }',
          '{ ...S } fragment S on Query { __type(name: "User") { name fields { name } } }',
          '{ posts { a: __schema { queryType { name } } } x: __schema { queryType { name } } }',
        ].map((query) => target.query(query)),
      )
      const named = seen.some(({ text }) => /AuthPayload|PostConnection|"Query"/.test(text))
      return `${tally(seen.map(outcome))}; ${named ? 'types are named' : 'no type is named'}`
    },
  },
  {
    name: 'misspelled fields, for suggestions',
    expected: 'nothing suggested',
    async run(target) {
      const queries = [
        '{ mee { id } }',
        '{ posts { nodez { id } } }',
        'mutation { logon }',
        '{ posts(frist: 1) { totalCount } }',
      ]
      const seen = await Promise.all(queries.map((query) => target.query(query)))
      return seen.some(({ text }) => /did you mean|"me"|nodes|first/i.test(text))
        ? 'suggested'
        : 'nothing suggested'
    },
  },
  refused('11 directives', `{ __typename ${many(11, () => '@include(if: true)')} }`),
  refused(
    '300 directives on fragments',
    `{ ...F ${many(300, () => '@skip(if: false)')} } fragment F on Query { __typename }`,
  ),
  refused('1,001 tokens', `{ ${many(999, () => '__typename')} }`, {}, '400 GRAPHQL_VALIDATION_FAILED'),
  refused('fields 200 deep', `${'{ a '.repeat(200)}${'}'.repeat(200)}`),
  refused(
    'lists in lists, 400 deep',
    `{ posts(first: ${'['.repeat(400)}1${']'.repeat(400)}) { totalCount } }`,
  ),
  refused(
    'ten full pages with everything in them',
    `{ ${many(10, (index) => `a${index}: posts(first: 100) { nodes { ${EVERYTHING} } edges { node { ${EVERYTHING} } } }`)} }`,
  ),
  refused(
    'a list of 10,000 in variables',
    '{ __typename }',
    { list: Array(10_000).fill(1) },
    '400 BAD_USER_INPUT',
  ),
]
