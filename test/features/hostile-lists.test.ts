import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOn, EXTREMES } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const LIST =
  'query ($first: Int, $last: Int, $after: String, $before: String, $search: String, $authorId: ID) { posts(first: $first, last: $last, after: $after, before: $before, filter: { search: $search, authorId: $authorId }) { totalCount nodes { id } } }'

/** Arguments that are rejected, with the parts of cursors that a decoder could trust. */
const REJECTED: Readonly<Record<string, Record<string, unknown>>> = {
  'no cursor': { after: '' },
  'a cursor of other text': { after: 'not a cursor' },
  'a cursor of 90,000 characters': { before: 'A'.repeat(90_000) },
  'a cursor of JSON': { after: Buffer.from('{"at":"2026","id":{"$gt":""}}').toString('base64url') },
  'a cursor of a list': { after: Buffer.from('[[[[]]]]').toString('base64url') },
  'a cursor with a quote': { after: Buffer.from(`1' OR '1'='1|x`).toString('base64url') },
  'a page of -1': { first: -1 },
  'a page of 0': { first: 0 },
  'a page of 101': { last: 101 },
  'a page of 2147483647': { first: 2147483647 },
  'a search of 201 characters': { search: 'a'.repeat(201) },
  'a search of 90,000 characters': { search: 'a'.repeat(90_000) },
  'a search with U+0000': { search: 'a\u0000' },
}

/** Searches of 200 characters that are operators of some search language. */
const ODD_SEARCHES = [
  '%',
  '_',
  '\\',
  '"',
  "'",
  '*',
  '(',
  '-',
  ':',
  '^',
  '&|!',
  'NEAR ',
  'a OR ',
  '가',
  '😀',
  '́',
]

describeOn(EXTREMES, 'hostile arguments of lists', (backend) => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend)
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  it.each(Object.entries(REJECTED))(
    'are rejected without a trace of the value: %s',
    async (_name, variables) => {
      const { code, data, text } = await gateway.sendText(LIST, variables, { token })
      expect([code, data ?? null]).toEqual(['BAD_USER_INPUT', null])
      for (const value of Object.values(variables))
        if (typeof value === 'string' && value.length > 5) expect(text).not.toContain(value.slice(0, 50))
    },
  )

  it.each(ODD_SEARCHES)('are searched for as text, 200 characters of %j', async (part) => {
    const search = Array.from(part.repeat(200)).slice(0, 200).join('')
    const { code, data } = await gateway.sendText(LIST, { search }, { token })
    // A search without a word may be rejected, but it is no failure of the server.
    if (code !== undefined) expect(code).toBe('BAD_USER_INPUT')
    else expect(data?.['posts']).toEqual({ totalCount: 0, nodes: [] })
  })
})
