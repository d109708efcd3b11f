import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument } from '../generated/graphql.ts'

const SEARCH = `query ($search: String!, $first: Int, $last: Int, $after: String, $before: String, $authorId: ID, $published: Boolean, $orderBy: PostOrder) {
  posts(first: $first, last: $last, after: $after, before: $before, orderBy: $orderBy,
    filter: { search: $search, authorId: $authorId, published: $published }) {
    edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } totalCount totalCountExact } }`

interface Page {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly title: string } }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly endCursor: string | null
    readonly startCursor: string | null
  }
  readonly totalCount: number
  readonly totalCountExact: boolean
}

describeOn(
  BACKENDS.filter(({ store }) => store === 'database'),
  'the search for posts',
  (backend) => {
    let gateway: TestGateway
    let ada: Awaited<ReturnType<TestGateway['signUp']>>
    beforeAll(async () => {
      gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })
      ada = await gateway.signUp()
      for (const [title, content] of POSTS) await write(title, content)
    })
    afterAll(() => gateway.close())

    const POSTS = [
      ['Grüße aus Köln', 'ÄRGER mit cafe\u0301 und Ⅷ'],
      ['서울에서 만나요', '다음 주 회의는 부산입니다'],
      ['東京都の住所', 'ひらがな。カタカナ'],
      ['ПРИВЕТ мир', 'ΑΘΗΝΑ'],
      ['100% sure_thing \\ done', 'O\'Brien said: "fish & chips" (cheap)'],
    ] as const

    const write = async (title: string, content: string, by = ada, published = true) =>
      (await gateway.ask(CreatePostDocument, { input: { title, content, published } }, by.accessToken))
        .createPost
    const send = (variables: Record<string, unknown>, by = ada) =>
      gateway.sendText(SEARCH, variables, { token: by.accessToken })
    const search = async (variables: Record<string, unknown>, by = ada): Promise<Page> => {
      const { data, errors } = await send(variables, by)
      expect(errors).toEqual([])
      return data?.['posts'] as Page
    }
    const find = async (text: string, by = ada) => {
      const page = await search({ search: text }, by)
      expect(page.totalCount).toBe(page.edges.length)
      return page.edges.map(({ node }) => node.title)
    }

    it.each([
      ['köln', 0],
      ['KOLN', 0],
      ['grüß', 0],
      ['ärger', 0],
      ['café', 0],
      ['aus köln grüße', 0],
      ['서울', 1],
      ['회의 부산', 1],
      ['東京', 2],
      ['カタ', 2],
      ['привет', 3],
      ['αθη', 3],
      ['sure_thing', 4],
      ['100%', 4],
      ["o'brien", 4],
      ['FISH chip', 4],
      ['\\done', 4],
    ])('finds words by their beginnings, in any case and script: %s (SR-244)', async (text, index) => {
      expect(await find(text)).toEqual([POSTS[index]?.[0]])
    })

    it.each(['köln berlin', 'oln', '울', 'ure', 'sure done x', 'ⅷ2'])(
      'finds only posts that have each of the words: not %s',
      async (text) => {
        expect(await find(text)).toEqual([])
      },
    )

    it.each([
      ...['"', '\u0301\u0301', "'; DROP TABLE posts; --", 'sure OR köln', 'NOT sure', 'sure NEAR köln'],
      ...['words:sure', '{words} : sure', 'sure <-> thing <2> done & (x', 'a*b*c', '!published'],
      // The start of the words for state and author in the index of SQLite.
      ...['\u{E000}published', '\u{E000}draft'],
      // Letters that the tokenizer of SQLite does not know.
      ...['ab\u19B0cd', '\u{1E030}', 'a\u{10D4A}b', '𰀀'.repeat(200)],
      ...['( '.repeat(99) + 'x', `${'a'.repeat(199)}b`],
    ])('gives operators of the databases no meaning: nothing is found by %j (SR-244)', async (text) => {
      const { code, data } = await send({ search: text })
      if (code === undefined) expect((data?.['posts'] as Page).edges).toEqual([])
      else expect(code).toBe('BAD_USER_INPUT')
      // The connection can still write.
      expect((await write('zzz', 'zzz')).title).toBe('zzz')
    })

    it.each(['^sure', 'sure:*', '!sure', '-sure', '"sure', 'sure" OR "', 'sure '.repeat(40)])(
      'gives operators of the databases no meaning: %j is a search for its words (SR-244)',
      async (text) => {
        expect(await find(text.replace('OR', ''))).toEqual([POSTS[4][0]])
      },
    )

    it.each([
      ['', 'INVALID_LENGTH'],
      ['x'.repeat(201), 'INVALID_LENGTH'],
      ['a\u0000b', 'INVALID_CHARACTERS'],
      ['\uD800', 'INVALID_CHARACTERS'],
      ['... !?', 'NO_WORDS'],
    ])('refuses a text without words, or of a wrong length: %j (SR-244)', async (text, problem) => {
      const { errors } = await send({ search: text })
      expect(errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        fieldErrors: [{ path: ['input', 'search'], code: problem }],
      })
    })
  },
)
