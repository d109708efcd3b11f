import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  CreatePostDocument,
  DeletePostDocument,
  PostDocument,
  PostsDocument,
  UpdatePostDocument,
  type PostsQueryVariables,
} from '../generated/graphql.ts'

describeOnEveryBackend('posts', (backend) => {
  let gateway: TestGateway
  let ada: Awaited<ReturnType<TestGateway['signUp']>>
  let bob: Awaited<ReturnType<TestGateway['signUp']>>
  beforeAll(async () => {
    gateway = await startGateway(backend)
    ada = await gateway.signUp()
    bob = await gateway.signUp()
  })
  afterAll(() => gateway.close())

  const write = async (title: string, by = ada, published = true) =>
    (
      await gateway.ask(
        CreatePostDocument,
        { input: { title, content: `About **${title}**`, published } },
        by.accessToken,
      )
    ).createPost
  const page = async (variables: PostsQueryVariables, by = ada) =>
    (await gateway.ask(PostsDocument, variables, by.accessToken)).posts
  const titles = ({ edges }: Awaited<ReturnType<typeof page>>) => edges.map(({ node }) => node.title)

  it('are created, read, changed and removed by their author', async () => {
    const post = await write('First')
    expect(post).toMatchObject({
      title: 'First',
      published: true,
      contentHtml: '<p>About <strong>First</strong></p>\n',
      author: { id: ada.user.id, email: ada.email },
    })
    gateway.passTime(1000)
    const { updatePost } = await gateway.ask(
      UpdatePostDocument,
      { id: post.id, input: { title: 'Changed' } },
      ada.accessToken,
    )
    expect([updatePost.title, updatePost.content, updatePost.updatedAt > post.updatedAt]).toEqual([
      'Changed',
      post.content,
      true,
    ])
    const { deletePost } = await gateway.ask(DeletePostDocument, { id: post.id }, ada.accessToken)
    expect(deletePost).toEqual({ messageKey: 'POST_DELETED', postId: post.id })
    expect((await gateway.send(PostDocument, { id: post.id }, { token: ada.accessToken })).code).toBe(
      'NOT_FOUND',
    )
  })

  it('belong to their author: other callers read published ones and change nothing (SR-117)', async () => {
    const [open, draft] = [await write('Open'), await write('Draft', ada, false)]
    const { post } = await gateway.ask(PostDocument, { id: open.id }, bob.accessToken)
    expect(post.author).toEqual({ id: ada.user.id, fullName: null, email: null, phone: null })
    const token = bob.accessToken
    const refusals = await Promise.all([
      gateway.send(PostDocument, { id: draft.id }, { token }),
      gateway.send(UpdatePostDocument, { id: open.id, input: { title: 'Mine' } }, { token }),
      gateway.send(UpdatePostDocument, { id: draft.id, input: { published: true } }, { token }),
      gateway.send(DeletePostDocument, { id: open.id }, { token }),
      gateway.send(PostDocument, { id: 'no such post' }, { token }),
    ])
    expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(['NOT_FOUND']))
    const drafts = { filter: { authorId: ada.user.id, published: false } }
    expect([(await page(drafts, bob)).totalCount, (await page(drafts, ada)).totalCount]).toEqual([0, 1])
    expect((await gateway.ask(PostDocument, { id: open.id }, ada.accessToken)).post.title).toBe('Open')
  })

  it('are available to signed-in callers only', async () => {
    for (const document of [
      PostsDocument,
      PostDocument,
      CreatePostDocument,
      UpdatePostDocument,
      DeletePostDocument,
    ]) {
      const variables = { id: 'x', input: { title: 'x', content: 'x' } }
      const answer = await gateway.send(document as typeof PostsDocument, variables as PostsQueryVariables)
      expect(answer.errors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' })
      expect(answer.headers['www-authenticate']).toBe('Bearer')
    }
  })

  describe('in pages', () => {
    const filter = () => ({ authorId: carol.user.id })
    let carol: Awaited<ReturnType<TestGateway['signUp']>>
    beforeAll(async () => {
      carol = await gateway.signUp()
      // Two of them in the same millisecond: the id decides their order.
      for (const title of ['1', '2', '3', '4', '5', '6', '7']) {
        gateway.passTime(title === '4' ? 0 : 10)
        await write(title, carol)
      }
    })

    it('come newest first, each exactly once, forwards and backwards', async () => {
      const forwards: string[] = []
      let after: string | null = null
      for (let more = true; more;) {
        const next: Awaited<ReturnType<typeof page>> = await page(
          { first: 3, after, filter: filter() },
          carol,
        )
        forwards.push(...titles(next))
        more = next.pageInfo.hasNextPage
        after = next.pageInfo.endCursor ?? null
        expect(next.totalCount).toBe(7)
      }
      expect([...forwards].sort()).toEqual(['1', '2', '3', '4', '5', '6', '7'])
      expect(forwards[0]).toBe('7')
      const backwards: string[] = []
      let before: string | null = null
      for (let more = true; more;) {
        const next: Awaited<ReturnType<typeof page>> = await page(
          { last: 2, before, filter: filter() },
          carol,
        )
        backwards.unshift(...titles(next))
        more = next.pageInfo.hasPreviousPage
        before = next.pageInfo.startCursor ?? null
      }
      expect(backwards).toEqual(forwards)
      const oldest = await page({ first: 100, orderBy: 'OLDEST', filter: filter() }, carol)
      expect(titles(oldest)).toEqual([...forwards].reverse())
    })

    it('keep their positions while others create and remove posts', async () => {
      const first = await page({ first: 2, filter: filter() }, carol)
      const extra = await write('new', carol)
      const second = await page(
        { first: 2, after: first.pageInfo.endCursor ?? null, filter: filter() },
        carol,
      )
      expect(titles(second).some((title) => titles(first).includes(title) || title === 'new')).toBe(false)
      await gateway.ask(DeletePostDocument, { id: extra.id }, carol.accessToken)
      await gateway.ask(DeletePostDocument, { id: first.edges[1]?.node.id ?? '' }, carol.accessToken)
      const again = await page({ first: 2, after: first.pageInfo.endCursor ?? null, filter: filter() }, carol)
      expect(titles(again)).toEqual(titles(second))
    })

    it('accept both ends of a window', async () => {
      const all = await page({ first: 100, filter: filter() }, carol)
      const cursors = all.edges.map(({ cursor }) => cursor)
      const window = await page(
        { first: 100, after: cursors[0] ?? null, before: cursors.at(-1) ?? null, filter: filter() },
        carol,
      )
      expect(window.edges.map(({ cursor }) => cursor)).toEqual(cursors.slice(1, -1))
    })

    it.each([
      [{ first: 101 }, 'OUT_OF_RANGE'],
      [{ first: 0 }, 'OUT_OF_RANGE'],
      [{ first: -1 }, 'OUT_OF_RANGE'],
      [{ last: 101 }, 'OUT_OF_RANGE'],
      [{ first: 1, last: 1 }, 'EXACTLY_ONE'],
      [{ after: 'nonsense' }, 'INVALID_CURSOR'],
      [{ before: 'WyJhIiwiYiJd' }, 'INVALID_CURSOR'],
      [{ after: '' }, 'INVALID_CURSOR'],
      [{ last: 0 }, 'OUT_OF_RANGE'],
      [{ last: -1 }, 'OUT_OF_RANGE'],
      [{ first: 2_147_483_647 }, 'OUT_OF_RANGE'],
      [{ after: 'x'.repeat(10_000) }, 'INVALID_CURSOR'],
      // [1.5,"x"], [-1,"x"], [9e15,"x"], [1,""], [1,"x",2]
      [{ after: 'WzEuNSwieCJd' }, 'INVALID_CURSOR'],
      [{ after: 'Wy0xLCJ4Il0' }, 'INVALID_CURSOR'],
      [{ after: 'WzllMTUsIngiXQ' }, 'INVALID_CURSOR'],
      [{ after: 'WzEsIiJd' }, 'INVALID_CURSOR'],
      [{ after: 'WzEsIngiLDJd' }, 'INVALID_CURSOR'],
      [{ filter: { authorId: 'x'.repeat(65) } }, 'INVALID_LENGTH'],
    ])('refuse %j (SR-101)', async (variables, problem) => {
      const answer = await gateway.send(PostsDocument, variables, { token: ada.accessToken })
      expect(answer.errors[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        fieldErrors: [{ code: problem }],
      })
    })
  })

  it('have the parts that the fields of each request ask for, whichever variables include them', async () => {
    await write('With an author')
    const query = `query ($more: Boolean!) {
      posts(first: 1) { nodes { title } }
      posts(first: 1) @include(if: $more) { nodes { content author { id } } }
    }`
    const read = async (more: boolean) =>
      (await gateway.sendText(query, { more }, { token: ada.accessToken })).data?.['posts']
    expect(await read(false)).toEqual({ nodes: [{ title: 'With an author' }] })
    expect(await read(true)).toEqual({
      nodes: [{ title: 'With an author', content: 'About **With an author**', author: { id: ada.user.id } }],
    })
  })

  it('name every invalid field at once, without its value', async () => {
    const answer = await gateway.send(
      CreatePostDocument,
      { input: { title: '', content: 'x'.repeat(20_001), published: true } },
      { token: ada.accessToken },
    )
    expect(answer.errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fieldErrors: [
        { path: ['input', 'title'], code: 'INVALID_LENGTH' },
        { path: ['input', 'content'], code: 'INVALID_LENGTH' },
      ],
    })
    expect(answer.text).not.toContain('xxxx')
  })
})
