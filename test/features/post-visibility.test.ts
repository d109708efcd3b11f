import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeOnEveryBackend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import {
  DeletePostDocument,
  PostDocument,
  PostsDocument,
  type PostsQueryVariables,
} from '../generated/graphql.ts'
import { tryUpdate, writePost, type Person, type SeenPost } from './post-steps.ts'

describeOnEveryBackend('a draft', (backend) => {
  let gateway: TestGateway
  let author: Person
  let other: Person
  let admin: Person
  let draft: SeenPost
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })
    author = await gateway.signUp()
    other = await gateway.signUp()
    admin = await gateway.signUp()
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
    draft = await writePost(gateway, author, { title: 'Hidden', content: 'unicorn', published: false })
    await writePost(gateway, author, { title: 'Shown', content: 'unicorn' })
  })
  afterAll(() => gateway.close())

  /** Titles and total of a list, as an account reads it. */
  async function list(person: Person, variables: PostsQueryVariables) {
    const { posts } = await gateway.ask(PostsDocument, variables, person.accessToken)
    return { titles: posts.edges.map(({ node }) => node.title).sort(), total: posts.totalCount }
  }

  it.each([
    ['without a filter', () => ({}), ['Hidden', 'Shown']],
    ['oldest first', () => ({ orderBy: 'OLDEST' as const }), ['Hidden', 'Shown']],
    ['backwards', () => ({ last: 10 }), ['Hidden', 'Shown']],
    ['of the author', () => ({ filter: { authorId: author.user.id } }), ['Hidden', 'Shown']],
    ['of drafts', () => ({ filter: { published: false } }), ['Hidden']],
    [
      'of drafts of the author',
      () => ({ filter: { published: false, authorId: author.user.id } }),
      ['Hidden'],
    ],
    ['of a search', () => ({ filter: { search: 'unicorn' } }), ['Hidden', 'Shown']],
    ['of a search in drafts', () => ({ filter: { search: 'unicorn', published: false } }), ['Hidden']],
  ])('is in lists and totals %s for its author and administrators only (SR-226)', async (_, filter, all) => {
    const published = all.filter((title) => title !== 'Hidden')
    expect(await list(author, filter())).toEqual({ titles: all, total: all.length })
    expect(await list(admin, filter())).toEqual({ titles: all, total: all.length })
    expect(await list(other, filter())).toEqual({ titles: published, total: published.length })
  })

  it('is between the cursors of other posts for its author and administrators only (SR-226)', async () => {
    const { posts } = await gateway.ask(PostsDocument, { orderBy: 'OLDEST' }, author.accessToken)
    const [first] = posts.edges
    const before = { last: 5, before: posts.edges[1]?.cursor ?? null, orderBy: 'OLDEST' } as const
    expect(first?.node.title).toBe('Hidden')
    expect((await list(admin, before)).titles).toEqual(['Hidden'])
    expect((await list(other, before)).titles).toEqual([])
  })

  it('does not exist for other accounts, and its author stays private for administrators (SR-226)', async () => {
    const read = (person: Person) =>
      gateway.send(PostDocument, { id: draft.id }, { token: person.accessToken })
    expect((await read(other)).code).toBe('NOT_FOUND')
    expect((await read(admin)).data?.post).toMatchObject({
      title: 'Hidden',
      author: { id: author.user.id, email: null, phone: null },
    })
    const expectedUpdatedAt = '2020-01-01T00:00:00.000Z'
    const stale = await tryUpdate(gateway, other, draft.id, { title: 'x', expectedUpdatedAt })
    expect([stale.code, stale.text.includes('unicorn')]).toEqual(['NOT_FOUND', false])
  })

  it('and any other post can be changed and deleted by administrators, from the next request on (SR-227)', async () => {
    // The memory store is for one node.
    const sibling = backend.store === 'memory' ? gateway : await gateway.sibling()
    const person = await gateway.signUp()
    const target = await writePost(gateway, author, { published: false })
    const change = (node: TestGateway) => tryUpdate(node, person, target.id, { title: 'Edited' })
    expect((await change(gateway)).code).toBe('NOT_FOUND')
    await gateway.app.administration.setRoles(person.email, ['USER', 'ADMIN'])
    for (const node of [sibling, gateway])
      expect((await change(node)).data?.updatePost).toMatchObject({
        title: 'Edited',
        author: { id: author.user.id, email: null },
      })
    await sibling.app.administration.setRoles(person.email, ['USER'])
    const token = person.accessToken
    for (const node of [gateway, sibling]) {
      expect((await change(node)).code).toBe('NOT_FOUND')
      expect((await node.send(PostDocument, { id: target.id }, { token })).code).toBe('NOT_FOUND')
      expect((await node.send(DeletePostDocument, { id: target.id }, { token })).code).toBe('NOT_FOUND')
    }
    const deleted = await gateway.send(DeletePostDocument, { id: target.id }, { token: admin.accessToken })
    expect(deleted.data?.deletePost.postId).toBe(target.id)
    if (sibling !== gateway) await sibling.app.close()
  })
})
