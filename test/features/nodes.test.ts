import { buildSchema, isInterfaceType } from 'graphql'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DeletePostDocument, NodeDocument, RevokeSessionDocument } from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { writePost, type Person } from './post-steps.ts'
import { signInAgain } from './session-steps.ts'

describeOn(EXTREMES, 'node', (backend) => {
  let gateway: TestGateway
  let author: Person
  let other: Person
  let admin: Person
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000' })
    author = await gateway.signUp()
    other = await gateway.signUp()
    admin = await gateway.signUp()
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
  })
  afterAll(() => gateway.close())

  const read = async (person: Person, id: string) =>
    (await gateway.ask(NodeDocument, { id }, person.accessToken)).node

  it('returns a post with its fields and its author', async () => {
    const { id } = await writePost(gateway, author, { title: 'Shown', content: '*text*' })
    expect(await read(other, id)).toEqual({
      ...{ __typename: 'Post', id, title: 'Shown', author: { id: author.user.id } },
      contentHtml: '<p><em>text</em></p>\n',
    })
  })

  it('returns a draft to its author and administrators only (SR-259)', async () => {
    const { id } = await writePost(gateway, author, { published: false })
    expect(await read(author, id)).toMatchObject({ id })
    expect(await read(admin, id)).toMatchObject({ id })
    expect(await read(other, id)).toBeNull()
  })

  it('returns a session to its owner only, while it is active (SR-259)', async () => {
    const { session } = await signInAgain(gateway, author.email)
    expect(await read(author, session.id)).toEqual({ __typename: 'Session', id: session.id, current: false })
    expect(await read(author, author.session.id)).toMatchObject({ current: true })
    for (const person of [other, admin]) expect(await read(person, session.id)).toBeNull()
    await gateway.ask(RevokeSessionDocument, { id: session.id }, author.accessToken)
    expect(await read(author, session.id)).toBeNull()
  })

  it('returns the account of the caller with its private fields', async () => {
    expect(await read(admin, admin.user.id)).toEqual({
      ...{ __typename: 'User', id: admin.user.id, fullName: null },
      ...{ email: admin.email, roles: ['USER', 'ADMIN'] },
    })
  })

  it('returns another account by its public fields, while the caller can read a post of it (SR-259)', async () => {
    const writer = await gateway.signUp()
    const id = writer.user.id
    expect(await read(other, id)).toBeNull()
    const draft = await writePost(gateway, writer, { published: false })
    expect([await read(other, id), await read(admin, id)]).toMatchObject([null, { id, email: null }])
    const post = await writePost(gateway, writer)
    expect(await read(other, id)).toEqual({
      ...{ __typename: 'User', id, fullName: null, email: null, roles: [] },
    })
    for (const removed of [post, draft])
      await gateway.ask(DeletePostDocument, { id: removed.id }, writer.accessToken)
    expect([await read(other, id), await read(admin, id)]).toEqual([null, null])
    expect(await read(writer, id)).toMatchObject({ email: writer.email })
  })

  it('returns null for any other text, and nothing without a sign-in (SR-259)', async () => {
    const { id } = await writePost(gateway, author)
    for (const text of ['', 'unknown', '\u0000', 'x'.repeat(65), id.toLowerCase(), `${id} `])
      expect(await read(author, text)).toBeNull()
    expect((await gateway.send(NodeDocument, { id })).code).toBe('UNAUTHENTICATED')
  })

  it('is never answered from the response cache, and costs its statements for each alias', async () => {
    const { id } = await writePost(gateway, author)
    const query = 'query ($id: ID!) { node(id: $id) { ... on Post { title } } }'
    const ask = () => gateway.sendText(query, { id }, { token: other.accessToken })
    expect((await ask()).data).toEqual({ node: { title: 'A title' } })
    await gateway.ask(DeletePostDocument, { id }, author.accessToken)
    const { data, text } = await ask()
    expect(data).toEqual({ node: null })
    expect(text).toContain('"cost":{"asked":61')
  })
})

describe('the schema', () => {
  const folder = resolve(import.meta.dirname, '../..')
  const schema = buildSchema(readFileSync(join(folder, 'schema/schema.graphql'), 'utf8'))

  it('has what the Relay compiler expects: an interface Node, implemented by what node returns', () => {
    const node = schema.getType('Node')
    const field = schema.getQueryType()?.getFields()['node']
    expect([String(field?.type), field?.args.map(({ name, type }) => `${name}: ${String(type)}`)]).toEqual([
      'Node',
      ['id: ID!'],
    ])
    expect(isInterfaceType(node) && Object.keys(node.getFields())).toEqual(['id'])
    const types = isInterfaceType(node) ? schema.getPossibleTypes(node) : []
    expect(types.map(({ name }) => name).toSorted()).toEqual(['Post', 'Session', 'User'])
  })
})
