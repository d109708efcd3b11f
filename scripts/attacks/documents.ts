import type { Attack } from './attack.ts'
import { tally } from './attack.ts'
import type { Seen, Target } from './target.ts'

const REJECTED = '400 GRAPHQL_VALIDATION_FAILED'
const repeat = (count: number, piece: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => piece(index)).join(' ')
const toOutcome = ({ status, code }: Seen) => `${status} ${code}`

/** An attack by a document that must be rejected. */
function expectRejected(name: string, query: string, variables?: object, expected = REJECTED): Attack {
  return { name, expected, run: async (target) => toOutcome(await target.query(query, variables)) }
}

/** Sends some guesses at a victim's code in one document, including the right one. */
async function guessCode(target: Target, guesses: number): Promise<string> {
  const { email, code, from } = await target.register()
  const codes = [...Array.from({ length: guesses - 1 }, (_, index) => String(index).padStart(6, '0')), code]
  const field = (text: string, index: number) =>
    `a${index}: verifyOtp(input: { email: "${email}", code: "${text}", purpose: VERIFY_EMAIL }) { __typename }`
  const { status, code: errorCode } = await target.query(
    `mutation { ${codes.map(field).join(' ')} }`,
    {},
    { from },
  )
  // No guess was evaluated, so the code is still valid.
  const verify =
    'mutation ($e: String!, $c: String!) { verifyOtp(input: { email: $e, code: $c, purpose: VERIFY_EMAIL }) { __typename } }'
  const after = await target.query(verify, { e: email, c: code }, { from })
  return `${status} ${errorCode}; the code still ${after.code === 'ok' ? 'works' : 'does not work'}`
}

const bomb = repeat(26, (index) => `fragment F${index} on Query { ...F${index + 1} ...F${index + 1} }`)
const SENSITIVE = [
  'login(input: { email: "a@example.com", password: "b" }) { __typename }',
  'verifyOtp(input: { email: "a@example.com", code: "000000" }) { __typename }',
  'requestOtp(input: { email: "a@example.com" }) { channel }',
  'refresh(refreshToken: "x") { __typename }',
  'register(input: { email: "a@example.com" }) { challengeId }',
]

const ALL_FIELDS = 'id title author { id fullName }'

/** Attacks by a single GraphQL document. */
export const DOCUMENT_ATTACKS: readonly Attack[] = [
  expectRejected('16 aliases of one field', `{ ${repeat(16, (index) => `a${index}: __typename`)} }`),
  expectRejected('1,000 aliases of one field', `{ ${repeat(1000, (index) => `a${index}: __typename`)} }`),
  {
    name: '5,000 guesses at a code in one request',
    expected: '413 PAYLOAD_TOO_LARGE; the code still works',
    run: (target) => guessCode(target, 5000),
  },
  {
    name: '5 guesses at a code in one small request',
    expected: `${REJECTED}; the code still works`,
    run: (target) => guessCode(target, 5),
  },
  expectRejected(
    '5,000 aliases of several sensitive fields',
    `mutation { ${repeat(5000, (index) => `a${index}: ${SENSITIVE[index % 5]}`)} }`,
    {},
    '413 PAYLOAD_TOO_LARGE',
  ),
  expectRejected('one of each sensitive field', `mutation { ${SENSITIVE.join(' ')} }`),
  expectRejected(
    'a sensitive field beside itself and __typename',
    `mutation { __typename a: ${SENSITIVE[0]} b: ${SENSITIVE[0]} }`,
  ),
  {
    name: 'an array of 100 operations',
    expected: '400 BAD_REQUEST',
    run: async (target) => toOutcome(await target.send(Array(100).fill({ query: '{ __typename }' }))),
  },
  {
    name: 'fragments that expand to 67 million fields',
    expected: `${REJECTED} within a second`,
    async run(target) {
      const started = performance.now()
      const seen = await target.query(`{ ...F0 } ${bomb} fragment F26 on Query { __typename }`)
      return `${toOutcome(seen)}${performance.now() - started < 1000 ? ' within a second' : ' late'}`
    },
  },
  expectRejected('cyclic fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'),
  {
    name: 'introspection, direct, by fragment and by alias',
    expected: `${REJECTED} ×3; no type name is returned`,
    async run(target) {
      const seen = await Promise.all(
        [
          '{ __schema { types { name } } }',
          '{ ...S } fragment S on Query { __type(name: "User") { name fields { name } } }',
          '{ posts { a: __schema { queryType { name } } } x: __schema { queryType { name } } }',
        ].map((query) => target.query(query)),
      )
      const named = seen.some(({ text }) => /AuthPayload|PostConnection|"Query"/.test(text))
      return `${tally(seen.map(toOutcome))}; ${named ? 'type names are returned' : 'no type name is returned'}`
    },
  },
  {
    name: 'misspelled fields that could return suggestions',
    expected: 'no suggestions',
    async run(target) {
      const queries = [
        '{ mee { id } }',
        '{ posts { nodez { id } } }',
        'mutation { logon }',
        '{ posts(frist: 1) { totalCount } }',
      ]
      const seen = await Promise.all(queries.map((query) => target.query(query)))
      return seen.some(({ text }) => /did you mean|"me"|nodes|first/i.test(text))
        ? 'suggestions'
        : 'no suggestions'
    },
  },
  expectRejected('11 directives', `{ __typename ${repeat(11, () => '@include(if: true)')} }`),
  expectRejected(
    '300 directives on fragments',
    `{ ...F ${repeat(300, () => '@skip(if: false)')} } fragment F on Query { __typename }`,
  ),
  expectRejected(
    '1,001 tokens',
    `{ ${repeat(999, () => '__typename')} }`,
    {},
    '400 GRAPHQL_VALIDATION_FAILED',
  ),
  expectRejected('fields 200 deep', `${'{ a '.repeat(200)}${'}'.repeat(200)}`),
  expectRejected(
    'nested lists, 400 deep',
    `{ posts(first: ${'['.repeat(400)}1${']'.repeat(400)}) { totalCount } }`,
  ),
  expectRejected(
    'ten full pages with all fields',
    `{ ${repeat(10, (index) => `a${index}: posts(first: 100) { nodes { ${ALL_FIELDS} } edges { node { ${ALL_FIELDS} } } }`)} }`,
  ),
  expectRejected(
    'a list of 10,000 in variables',
    '{ __typename }',
    { list: Array(10_000).fill(1) },
    '400 BAD_USER_INPUT',
  ),
]
