import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCacheReads } from '../support/cache-reads.ts'
import { BACKENDS, EXTREMES, describeOn, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument } from '../generated/graphql.ts'
import { UNLIMITED } from './password-steps.ts'

const ME = '{ me { id email roles fullName } }'
const LIST = 'query ($first: Int) { posts(first: $first) { nodes { id title author { id fullName } } } }'
const POST = { title: 'A title', content: 'x', published: true }
const SECOND_MS = 1000

describeOn(EXTREMES, 'the response to a repeated query', (backend) => {
  let gateway: TestGateway
  let readCount: Awaited<ReturnType<typeof openCacheReads>>
  beforeAll(async () => {
    gateway = await startGateway(backend, UNLIMITED)
    readCount = await openCacheReads(gateway)
  })
  afterAll(() => gateway.close())

  const send = (token: string, query: string, variables = {}, headers = {}) =>
    gateway.sendText(query, variables, { token, headers })
  const post = (payload: object, headers: Record<string, string>) =>
    gateway.app.http.app.inject({ method: 'POST', url: '/graphql', payload, headers })
  /** How often the cache had a response, and had none, during some work. */
  async function countReads(work: () => Promise<unknown>): Promise<{ hits: number; misses: number }> {
    const [hits, misses] = [await readCount('responses'), await readCount('responses', 'miss')]
    await work()
    return {
      hits: (await readCount('responses')) - hits,
      misses: (await readCount('responses', 'miss')) - misses,
    }
  }

  it.each([
    ['me', ME],
    ['posts', LIST],
    [
      'posts and me',
      `{ me { id } ...on Query { posts { edges { cursor node { contentHtml } } totalCount } } }`,
    ],
  ])('is reused for its caller, and for no other one, for %s (SR-232)', async (_name, query) => {
    const [one, other] = [await gateway.signUp(), await gateway.signUp()]
    // The first request for posts creates their generation.
    await send(one.accessToken, LIST, { first: 7 })
    const counts = await countReads(async () => {
      const [first, again] = [await send(one.accessToken, query), await send(one.accessToken, query)]
      expect(again.data).toEqual(first.data)
      expect(first.errors).toEqual([])
      const { data } = await send(other.accessToken, `${query} `)
      const { data: ofOther } = await send(other.accessToken, query)
      expect(ofOther).toEqual(data)
      if (data?.['me']) expect(data['me']).toMatchObject({ id: other.user.id })
    })
    expect(counts).toEqual({ hits: 1, misses: 3 })
  })

  it('has the same text, status and headers as the first one (SR-232)', async () => {
    const { accessToken } = await gateway.signUp()
    const media = ['application/json', 'application/graphql-response+json', '*/*']
    const responses = await countReads(async () => {
      for (const accept of media) {
        const ask = () => post({ query: ME }, { authorization: `Bearer ${accessToken}`, accept })
        const [first, again] = [await ask(), await ask()]
        expect(again.body).toBe(first.body)
        expect(again.statusCode).toBe(first.statusCode)
        const describe = ({ headers }: typeof first) => ({ ...headers, date: '', 'x-request-id': '' })
        expect(describe(again)).toEqual(describe(first))
        if (accept !== '*/*') expect(again.headers['content-type']).toMatch(accept)
      }
    })
    expect(responses).toEqual({ hits: 3, misses: 3 })
  })

  it('is logged and measured at each use, and is refused where its request would be (SR-232)', async () => {
    const { accessToken } = await gateway.signUp()
    const authorization = `Bearer ${accessToken}`
    const counts = await countReads(async () => {
      for (let round = 0; round < 3; round += 1)
        expect((await post({ query: 'query Again { me { id } }' }, { authorization })).statusCode).toBe(200)
    })
    expect(counts).toEqual({ hits: 2, misses: 1 })
    const name = 'gateway_graphql_operations_total'
    const values = expect.arrayContaining([{ labels: { operation: 'Again', code: 'OK' }, value: 3 }])
    expect(await gateway.app.snapshotMetrics()).toContainEqual(expect.objectContaining({ name, values }))

    const url = `/graphql?query=${encodeURIComponent('{ me { roles } }')}`
    const get = (headers = {}) =>
      gateway.app.http.app.inject({ method: 'GET', url, headers: { authorization, ...headers } })
    const preflighted = { 'apollo-require-preflight': 'yes' }
    const statuses = [await get(preflighted), await get(preflighted), await get()]
    expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 200, 400])
  })

  it('is another one for other variables or another language (SR-232)', async () => {
    const { accessToken } = await gateway.signUp()
    await gateway.ask(CreatePostDocument, { input: POST }, accessToken)
    const counts = await countReads(async () => {
      const titles = [
        await send(accessToken, LIST, { first: 1 }),
        await send(accessToken, LIST, { first: 2 }),
      ]
      expect(titles.map(({ errors }) => errors)).toEqual([[], []])
      await send(accessToken, LIST, { first: 1 }, { 'accept-language': 'ko' })
    })
    expect(counts).toEqual({ hits: 0, misses: 3 })
  })

  it('shows changes of the account at the next request, also those of an SQL statement (SR-231)', async () => {
    const { accessToken, user, email } = await gateway.signUp()
    for (let round = 0; round < 2; round += 1) await send(accessToken, ME)
    await gateway.app.administration.setRoles(email, ['USER', 'EDITOR'])
    const { data } = await send(accessToken, ME)
    expect(data?.['me']).toMatchObject({ roles: ['USER', 'EDITOR'] })
    await gateway.sql(`UPDATE users SET full_name = 'By Statement' WHERE id = '${user.id}'`)
    const { data: renamed } = await send(accessToken, ME)
    expect(renamed?.['me']).toMatchObject({ fullName: 'By Statement' })
  })

  it('is refused when the account is suspended, or the session has ended (SR-236)', async () => {
    const [one, other] = [await gateway.signUp(), await gateway.signUp()]
    for (const { accessToken } of [one, one, other, other]) await send(accessToken, ME)
    await gateway.app.administration.suspend(one.email)
    await gateway.sql(`UPDATE users SET status = 'SUSPENDED' WHERE id = '${other.user.id}'`)
    const responses = [await send(one.accessToken, ME), await send(other.accessToken, ME)]
    expect(responses.map(({ code }) => code)).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])
  })

  it('shows posts that an SQL statement has changed when its time to live has passed (SR-234)', async () => {
    const { accessToken } = await gateway.signUp()
    const { createPost } = await gateway.ask(CreatePostDocument, { input: POST }, accessToken)
    const readTitle = async () => {
      const { data } = await send(accessToken, 'query ($id: ID!) { post(id: $id) { title } }', {
        id: createPost.id,
      })
      return (data?.['post'] as { title: string }).title
    }
    await readTitle()
    await gateway.sql(`UPDATE posts SET title = 'By statement' WHERE id = '${createPost.id}'`)
    expect(await readTitle()).toBe('A title')
    gateway.passTime(60 * SECOND_MS)
    expect(await readTitle()).toBe('By statement')
  })

  it.each([
    ['sessions', '{ sessions { id } }'],
    ['myAuditEvents', '{ myAuditEvents { nodes { event } } }'],
    ['me beside sessions', '{ me { id } sessions { id } }'],
    [
      'me beside an excluded field',
      'query ($no: Boolean = false) { me { id } sessions @include(if: $no) { id } }',
    ],
    ['introspection', '{ me { id } __schema { queryType { name } } }'],
    ['a mutation', 'mutation { createPost(input: { title: "x", content: "x" }) { id } }'],
  ])('is never cached for %s (SR-236)', async (_name, query) => {
    const { accessToken } = await gateway.signUp()
    const counts = await countReads(async () => {
      for (let round = 0; round < 2; round += 1) expect((await send(accessToken, query)).errors).toEqual([])
    })
    expect(counts).toEqual({ hits: 0, misses: 0 })
  })

  it('is never cached without a caller or with an error (SR-236)', async () => {
    const { accessToken } = await gateway.signUp()
    const unknown = '{ me { id } post(id: "none") { id } }'
    const counts = await countReads(async () => {
      for (let round = 0; round < 2; round += 1) {
        expect((await gateway.sendText(ME)).code).toBe('UNAUTHENTICATED')
        expect((await send(accessToken, unknown)).code).toBe('NOT_FOUND')
      }
    })
    expect(counts.hits).toBe(0)
  })
})

describe('a cached response of limited fields', () => {
  const [smallest] = BACKENDS as readonly [Backend]
  let gateway: TestGateway
  beforeAll(async () => void (gateway = await startGateway(smallest)))
  afterAll(() => gateway.close())

  it('counts each of them, reports their status, and is refused at the limit (SR-237)', async () => {
    const { accessToken } = await gateway.signUp()
    const query = '{ a: posts(first: 1) { nodes { id } } b: posts(first: 1) { nodes { id } } me { id } }'
    const readRemaining = (text: string) =>
      (
        JSON.parse(text) as { extensions: { rateLimits: { path: string; remaining: number }[] } }
      ).extensions.rateLimits
        .map(({ path, remaining }) => [path, remaining] as const)
        .toSorted(([, a], [, b]) => b - a)
    const readHits = await openCacheReads(gateway)
    for (let request = 0; request < 150; request += 1) {
      const { text, errors } = await gateway.sendText(query, {}, { token: accessToken })
      expect(errors).toEqual([])
      expect(readRemaining(text).map(([, remaining]) => remaining)).toEqual([
        299 - 2 * request,
        298 - 2 * request,
      ])
    }
    expect(await readHits('responses')).toBeGreaterThan(140)
    const { errors, text } = await gateway.sendText(query, {}, { token: accessToken })
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([[['a'], 'RATE_LIMITED']])
    expect(readRemaining(text)).toEqual([
      ['a', 0],
      ['b', 0],
    ])
  })
})
