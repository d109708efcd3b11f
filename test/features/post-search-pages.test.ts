import { createClient } from '@libsql/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { query } from '../support/servers/postgres.ts'

const LIST = `query ($first: Int, $last: Int, $after: String, $before: String, $orderBy: PostOrder, $filter: PostFilter) {
  posts(first: $first, last: $last, after: $after, before: $before, orderBy: $orderBy, filter: $filter) {
    nodes { id } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } totalCount } }`

/** Statements of other programs are seen at once without these caches. */
const UNCACHED = { RATE_LIMIT_SCALE: '1000', CACHE_POSTS_SECONDS: '0', CACHE_RESPONSE_SECONDS: '0' }

interface Page {
  readonly nodes: readonly { readonly id: string }[]
  readonly pageInfo: {
    readonly hasNextPage: boolean
    readonly hasPreviousPage: boolean
    readonly endCursor: string | null
    readonly startCursor: string | null
  }
  readonly totalCount: number
}

describeOn(
  BACKENDS.filter(({ store }) => store === 'database'),
  'pages of a search',
  (backend) => {
    let gateway: TestGateway
    let ada: Awaited<ReturnType<TestGateway['signUp']>>
    let bob: Awaited<ReturnType<TestGateway['signUp']>>
    beforeAll(async () => {
      gateway = await startGateway(backend, UNCACHED)
      ada = await gateway.signUp()
      bob = await gateway.signUp()
      // 1,300 posts, 50 of each millisecond: more matches of `common` than PostgreSQL sorts.
      await execute(
        insertPosts(
          1300,
          (n) =>
            `('${toId(n)}', '${ada.user.id}', 'common', '${n % 20 ? 'x' : 'seldom'}', TRUE, ${at(n)}, ${at(n)})`,
        ),
      )
    })
    afterAll(() => gateway.close())

    const toId = (n: number) => `p${((n * 7919) % 100_003).toString(36)}`
    const at = (n: number) => `'2030-01-01T00:00:00.${String(Math.floor(n / 50)).padStart(3, '0')}+00:00'`
    const insertPosts = (count: number, toRow: (n: number) => string) =>
      `INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) VALUES ${Array.from({ length: count }, (_, n) => toRow(n)).join(', ')}`

    async function execute(statement: string): Promise<void> {
      const url = gateway.environment['DATABASE_URL'] ?? ''
      if (backend.database === 'postgresql') return void (await query(url, statement))
      const client = createClient({ url })
      await client.execute(statement)
      client.close()
    }

    async function list(variables: Record<string, unknown>, by = ada): Promise<Page> {
      const { data, errors } = await gateway.sendText(LIST, variables, { token: by.accessToken })
      expect(errors).toEqual([])
      return data?.['posts'] as Page
    }

    const find = async (search: string, by = ada, filter = {}) =>
      (await list({ filter: { search, ...filter } }, by)).nodes.map(({ id }) => id)

    /** All ids of a list, page by page. */
    async function collect(variables: Record<string, unknown>, backwards = false): Promise<string[]> {
      const ids: string[] = []
      let cursor: string | null = null
      for (let more = true; more;) {
        const page: Page = await list({ ...variables, [backwards ? 'before' : 'after']: cursor })
        const found = page.nodes.map(({ id }) => id)
        if (backwards) ids.unshift(...found)
        else ids.push(...found)
        more = backwards ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage
        cursor = (backwards ? page.pageInfo.startCursor : page.pageInfo.endCursor) ?? null
      }
      return ids
    }

    it.each(['common', 'seldom'])(
      'contain each match once, in the order of every list: %s (SR-244)',
      async (search) => {
        const expected = Array.from({ length: 1300 }, (_, n) => n)
          .filter((n) => search === 'common' || n % 20 === 0)
          .sort((a, b) => Math.floor(b / 50) - Math.floor(a / 50) || (toId(b) < toId(a) ? -1 : 1))
          .map(toId)
        const size = search === 'common' ? 97 : 7
        const filter = { search }
        expect(await collect({ filter, first: size })).toEqual(expected)
        expect(await collect({ filter, last: size }, true)).toEqual(expected)
        expect(await collect({ filter, first: size, orderBy: 'OLDEST' })).toEqual([...expected].reverse())
        expect(await collect({ filter, last: size, orderBy: 'OLDEST' }, true)).toEqual(
          [...expected].reverse(),
        )
        expect((await list({ filter })).totalCount).toBe(expected.length)
      },
    )

    it('follow every change of a post, also one in SQL (SR-244)', async () => {
      await execute(`INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
        VALUES ('own', '${bob.user.id}', 'quokka', 'text', FALSE, ${at(1)}, ${at(1)})`)
      expect([await find('quokka', bob), await find('quokka', ada)]).toEqual([['own'], []])
      expect(await find('quokka', bob, { published: true })).toEqual([])
      expect(await find('quokka', bob, { published: false, authorId: bob.user.id })).toEqual(['own'])
      await execute("UPDATE posts SET published = TRUE, title = 'wombat' WHERE id = 'own'")
      expect([await find('quokka', bob), await find('wombat', ada)]).toEqual([[], ['own']])
      expect(await find('wombat', ada, { authorId: bob.user.id })).toEqual(['own'])
      expect(await find('wombat', ada, { authorId: ada.user.id })).toEqual([])
      await execute("UPDATE posts SET id = 'renamed', content = 'numbat' WHERE id = 'own'")
      expect(await find('wombat numbat', ada)).toEqual(['renamed'])
      await execute("DELETE FROM posts WHERE id = 'renamed'")
      expect((await list({ filter: { search: 'wombat' } })).totalCount).toBe(0)
    })

    it('show drafts to their author and to administrators only (SR-246)', async () => {
      const eve = await gateway.signUp()
      await execute(`INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
        VALUES ('draft', '${eve.user.id}', 'platypus', 'text', FALSE, ${at(2)}, ${at(2)})`)
      const listDrafts = async (by: typeof ada) => [
        await find('platypus', by),
        (await list({ filter: { authorId: eve.user.id } }, by)).nodes.map(({ id }) => id),
        (await list({ filter: { published: false } }, by)).nodes.map(({ id }) => id),
        (await list({ filter: { published: false, search: 'platypus' } }, by)).totalCount,
      ]
      const seen = [['draft'], ['draft'], ['draft'], 1]
      expect(await listDrafts(eve)).toEqual(seen)
      expect(await listDrafts(bob)).toEqual([[], [], [], 0])
      await execute(`UPDATE users SET roles = 'USER ADMIN' WHERE id = '${bob.user.id}'`)
      const { data } = await gateway.sendText(
        'mutation ($input: LoginInput!) { login(input: $input) { ... on AuthPayload { accessToken } } }',
        { input: { email: bob.email, password: bob.password } },
      )
      const { accessToken } = data?.['login'] as { accessToken: string }
      expect(await listDrafts({ ...bob, accessToken })).toEqual(seen)
      await execute(`DELETE FROM users WHERE id = '${eve.user.id}'`)
      expect((await list({ filter: { search: 'platypus' } }, { ...bob, accessToken })).totalCount).toBe(0)
    })
  },
)
