import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const REGISTER = 'mutation R($input: RegisterInput!) { register(input: $input) { challengeId } }'
const POSTS =
  'query P($first: Int, $filter: PostFilter, $order: PostOrder) { posts(first: $first, filter: $filter, orderBy: $order) { totalCount } }'
const REQUEST = 'mutation O($input: RequestOtpInput!) { requestOtp(input: $input) { challengeId } }'

type Case = readonly [
  title: string,
  query: string,
  variables: Record<string, unknown>,
  expected: readonly unknown[],
]

const problem = (path: string, code: string, message: string) => ({ path: path.split('.'), code, message })

const CASES: readonly Case[] = [
  [
    'a missing variable',
    REGISTER,
    {},
    [problem('input', 'REQUIRED', 'is required and must be of type RegisterInput!')],
  ],
  [
    'null for a required variable',
    REGISTER,
    { input: null },
    [problem('input', 'REQUIRED', 'is required and must be of type RegisterInput!')],
  ],
  [
    'a missing field',
    REGISTER,
    { input: {} },
    [problem('input.email', 'REQUIRED', 'is required and must be of type String!')],
  ],
  [
    'a number as text',
    REGISTER,
    { input: { email: 4_815_162_342 } },
    [problem('input.email', 'INVALID_TYPE', 'must be of type String!')],
  ],
  [
    'null for a required field',
    REGISTER,
    { input: { email: null } },
    [problem('input.email', 'INVALID_TYPE', 'must be of type String!')],
  ],
  [
    'text as an input object',
    REGISTER,
    { input: 'canary' },
    [problem('input', 'INVALID_TYPE', 'must be of type RegisterInput!')],
  ],
  [
    'two fields of a oneOf input',
    REQUEST,
    { input: { destination: { email: 'canary@example.com', phone: 'canary' } } },
    [problem('input.destination', 'EXACTLY_ONE', 'must have exactly one field of OtpDestinationInput')],
  ],
  [
    'no field of a oneOf input',
    REQUEST,
    { input: { destination: {} } },
    [problem('input.destination', 'EXACTLY_ONE', 'must have exactly one field of OtpDestinationInput')],
  ],
  [
    'null for the field of a oneOf input',
    REQUEST,
    { input: { destination: { email: null } } },
    [problem('input.destination.email', 'INVALID_TYPE', 'must be of type String!')],
  ],
  [
    'an unknown field',
    REGISTER,
    { input: { email: 'ada@example.com', mail: 'canary' } },
    [problem('input.mail', 'UNKNOWN_FIELD', 'is not a field of this input')],
  ],
  [
    'an unknown field that is no name',
    REGISTER,
    { input: { email: 'ada@example.com', 'canary <b>': 1 } },
    [problem('input', 'UNKNOWN_FIELD', 'is not a field of this input')],
  ],
  ['text as a number', POSTS, { first: 'canary' }, [problem('first', 'INVALID_TYPE', 'must be of type Int')]],
  [
    'another value of an enum',
    POSTS,
    { order: 'canary' },
    [problem('order', 'INVALID_TYPE', 'must be of type PostOrder')],
  ],
  [
    'another value of an enum in an input',
    REQUEST,
    { input: { email: 'ada@example.com', purpose: 'canary' } },
    [problem('input.purpose', 'INVALID_TYPE', 'must be of type OtpPurpose!')],
  ],
  [
    'two problems, in their order',
    POSTS,
    { first: 'canary', filter: { published: 'canary' } },
    [
      problem('first', 'INVALID_TYPE', 'must be of type Int'),
      problem('filter.published', 'INVALID_TYPE', 'must be of type Boolean'),
    ],
  ],
]

describe.each(['development', 'production'])('a variable of the wrong type, in %s', (environment) => {
  let gateway: TestGateway
  beforeAll(async () => {
    const [backend] = BACKENDS as readonly [Backend]
    const production = { GATEWAY_SECRET: 'x8Fq2mPz4Lr7Tn1Vb6Ks9Hd3Wc5Yg0Ja' }
    gateway = await startGateway(backend, {
      NODE_ENV: environment,
      ...(environment === 'production' && production),
    })
  })
  afterAll(() => gateway.close())

  it.each(CASES)(
    'is named by its path and the expected type: %s',
    async (_title, query, variables, expected) => {
      const { errors, code, text } = await gateway.sendText(query, variables)
      expect(code).toBe('BAD_USER_INPUT')
      expect(errors.flatMap(({ extensions }) => extensions?.['fieldErrors'])).toEqual(expected)
      expect(errors[0]?.message).toMatch(/^The variable \$[\w.]+ (must be|must have|is)/)
      expect(text).not.toMatch(/canary|4815162342/)
    },
  )
})
