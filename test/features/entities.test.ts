import { afterAll, beforeAll, expect, it } from 'vitest'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { writePost, type Person } from './post-steps.ts'

/** As routers write it. */
const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  __typename ... on User { id fullName email roles } ... on Post { id title author { id email } } } }`

interface Reference {
  readonly __typename: string
  readonly id: string
}

describeOn(EXTREMES, 'the entities of a subgraph', (backend) => {
  let gateway: TestGateway
  let author: Person
  let other: Person
  let admin: Person
  let published: Reference
  let draft: Reference
  beforeAll(async () => {
    gateway = await startGateway(backend, { SUBGRAPH: 'on' })
    author = await gateway.signUp()
    other = await gateway.signUp()
    admin = await gateway.signUp()
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
    published = toReference('Post', await writePost(gateway, author, { title: 'Shown' }))
    draft = toReference('Post', await writePost(gateway, author, { title: 'Hidden', published: false }))
  })
  afterAll(() => gateway.close())

  function toReference(type: string, { id }: { readonly id: string }): Reference {
    return { __typename: type, id }
  }

  async function read(references: readonly unknown[], person: Person | null) {
    const response = await gateway.sendText(
      ENTITIES,
      { representations: references },
      { token: person?.accessToken },
    )
    return { ...response, entities: response.data?.['_entities'] as readonly object[] | undefined }
  }

  it('show contacts and roles to the account itself, and to no other caller (SR-260)', async () => {
    const references = [author, other].map(({ user }) => toReference('User', user))
    const own = { __typename: 'User', id: other.user.id, email: other.email, roles: ['USER'] }
    const hidden = { __typename: 'User', id: author.user.id, email: null, roles: [] }
    expect((await read(references, other)).entities).toMatchObject([hidden, own])
    expect((await read(references, admin)).entities).toMatchObject([
      hidden,
      { ...own, email: null, roles: [] },
    ])
  })

  it('show a draft to its author and administrators only (SR-260)', async () => {
    const shown = { __typename: 'Post', title: 'Shown', author: { id: author.user.id } }
    const hidden = { __typename: 'Post', title: 'Hidden' }
    const references = [draft, published]
    expect((await read(references, author)).entities).toMatchObject([hidden, shown])
    expect((await read(references, admin)).entities).toMatchObject([hidden, shown])
    expect((await read(references, other)).entities).toMatchObject([null, shown])
  })

  it('show nothing to a router without the token of a caller (SR-260)', async () => {
    const { entities, errors } = await read([published, toReference('User', author.user)], null)
    expect(entities).toBeUndefined()
    expect(errors).toMatchObject([
      { path: ['_entities'], extensions: { code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' } },
    ])
  })

  it('are in the order of their references, repeated ones included, and null where none exists', async () => {
    const user = toReference('User', author.user)
    const unknown = ['User', 'Post'].flatMap((type) =>
      ['unknown', '', 'x'.repeat(65), '\0', '\uD800'].map((id) => ({ __typename: type, id })),
    )
    const { entities } = await read([published, user, ...unknown, user, published], other)
    expect(entities?.map((entity) => entity && (entity as Reference).id)).toEqual([
      ...[published.id, user.id],
      ...unknown.map(() => null),
      ...[user.id, published.id],
    ])
  })

  it('are not read for a suspended caller', async () => {
    const suspended = await gateway.signUp()
    await gateway.app.administration.suspend(suspended.email)
    expect((await read([published], suspended)).code).toBe('UNAUTHENTICATED')
  })

  it.each([
    ['a type that is no entity', { __typename: 'Session', id: '1' }],
    ['no type', { id: '1' }],
    ['no id', { __typename: 'User' }],
    ['an id that is no text', { __typename: 'User', id: { '=': '' } }],
    ['a list', [1]],
    ['a text', 'User'],
  ])('are refused for a reference with %s, without its value', async (_, reference) => {
    const { errors, text } = await read([published, reference], other)
    expect(errors[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      fieldErrors: [{ path: ['representations', '1', ...anyPath(reference)], code: 'INVALID_TYPE' }],
    })
    expect(text).not.toContain('Session')
  })

  function anyPath(reference: unknown): string[] {
    if (typeof reference !== 'object' || Array.isArray(reference)) return []
    const { __typename: type } = reference as Partial<Reference>
    return [type === 'User' ? 'id' : '__typename']
  }

  it('are at most 100 for one operation, each of which costs its selection (SR-261)', async () => {
    const references = (count: number) => Array.from({ length: count }, () => published)
    expect((await read(references(100), other)).entities).toHaveLength(100)
    expect((await read(references(101), other)).code).toBe('BAD_USER_INPUT')
    const costOf = async (list: string, variables: object) => {
      const query = `query ${list === '$r' ? '($r: [_Any!]!)' : ''} { _entities(representations: ${list}) {
        ... on User { id fullName } ... on Post { content } } }`
      const { text } = await gateway.sendText(query, { ...variables }, { token: other.accessToken })
      return (JSON.parse(text) as { extensions: { cost: { asked: number } } }).extensions.cost.asked
    }
    // The price of the field, and 2 + 10 for each entity: a variable counts as 100 references.
    expect(await costOf('$r', { r: [published] })).toBe(20 + 100 * 12)
    const literal = `{ __typename: "User", id: "${author.user.id}" }`
    expect(await costOf(`[${literal}, ${literal}]`, {})).toBe(20 + 2 * 12)
  })

  it('are not in the schema without the setting', async () => {
    const without = await gateway.sibling({ SUBGRAPH: 'off' })
    for (const query of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }'])
      expect((await without.sendText(query)).code).toBe('GRAPHQL_VALIDATION_FAILED')
    await without.close()
  })
})
