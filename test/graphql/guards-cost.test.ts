import { parse } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { DOCUMENT_LIMITS } from '../../src/graphql/guards/document-limits.ts'
import { PARSE_OPTIONS, findVariablesRefusal, validateGuarded } from '../../src/graphql/guards/guards.ts'
import { BACKENDS, describeOn } from '../support/backends.ts'
import { startGateway, type GraphqlResponse, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument } from '../generated/graphql.ts'

const schema = schemaWithoutServices()
const findErrors = (text: string) =>
  validateGuarded(schema, parse(text, PARSE_OPTIONS)).map(({ message }) => message)
const buildAliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, i) => `a${i}: ${field}`).join(' ')

describe('the price of a field', () => {
  it('counts for each alias and each entry of a page (SR-240)', () => {
    const page = (entries: number, selection: string) =>
      findErrors(`{ posts(first: ${entries}) { nodes { ${selection} } } }`)
    expect(page(100, buildAliases(2, 'contentHtml'))).toEqual([])
    expect(page(100, buildAliases(15, 'contentHtml'))).toEqual([
      'The operation has a cost of 30101; the limit is 5000.',
    ])
    expect(page(100, buildAliases(3, 'contentHtml'))).toHaveLength(1)
    expect(page(10, buildAliases(15, 'contentHtml'))).toEqual([])
    expect(page(100, buildAliases(5, 'content'))).toHaveLength(1)
  })

  it('counts a page whose size is a variable as the largest one (SR-240)', () => {
    const sized = (size: string) =>
      findErrors(
        `query ($n: Int) { posts(first: ${size}, after: null) { nodes { ${buildAliases(3, 'contentHtml')} } } a: posts(first: $n) { totalCount } }`,
      )
    expect([sized('20').length, sized('$n').length]).toEqual([0, 1])
  })

  it('lets a page of 100 posts with all of their fields pass', () => {
    const post = 'id title content contentHtml published createdAt updatedAt author { id fullName }'
    expect(findErrors(`{ posts(first: 100) { totalCount edges { cursor node { ${post} } } } }`)).toEqual([])
  })
})

describe('the work of a request that is rejected', () => {
  it('is bounded in the values of its variables, at any depth (SR-242)', () => {
    const build = (objects: number, keys: number) =>
      Object.fromEntries(
        Array.from({ length: objects }, (_, i) => [
          `o${i}`,
          Object.fromEntries(Array.from({ length: keys }, (_, n) => [`k${n}`, n])),
        ]),
      )
    const refusals = [build(10, 99), build(1, 1000), build(100, 10)].map(
      (variables) => findVariablesRefusal(variables)?.message,
    )
    const tooMany = 'The variables have more than 1000 values.'
    expect(refusals).toEqual([undefined, tooMany, tooMany])
  })

  it('is bounded in the errors of its document (SR-242)', () => {
    const unknown = Array.from({ length: 300 }, (_, i) => `unknown${i}`).join(' ')
    expect(findErrors(`{ me { ${unknown} } }`)).toHaveLength(21)
    const conflicts = Array.from({ length: 200 }, (_, i) => `a: ${i % 2 ? 'id' : 'email'}`).join(' ')
    expect(findErrors(`{ me { ${conflicts} } }`).length).toBeLessThan(25)
  })
})

const [sqlite] = BACKENDS
const readCost = ({ text }: GraphqlResponse<unknown>) =>
  (JSON.parse(text) as { extensions?: { cost?: unknown } }).extensions?.cost

describeOn(sqlite ? [sqlite] : [], 'the cost of an operation', (backend) => {
  let gateway: TestGateway
  let token: string
  beforeAll(async () => {
    gateway = await startGateway(backend)
    token = (await gateway.signUp()).accessToken
  })
  afterAll(() => gateway.close())

  it('is in extensions.cost, with its limit, outside production', async () => {
    const document = '{ posts(first: 10) { nodes { ...P } totalCount } } fragment P on Post { id content }'
    const seen = [await gateway.sendText(document, {}, { token }), await gateway.sendText(document)]
    const cost = { asked: 100 + 1 + 10 * 11 + 50, limit: DOCUMENT_LIMITS.cost }
    expect(seen.map(readCost)).toEqual([cost, cost])
    expect(readCost(await gateway.sendText('{ __typename }'))).toEqual({ asked: 1, limit: 5000 })
  })

  it('does not pay for more characters than one response may have (SR-241)', async () => {
    const ids: string[] = []
    for (let i = 0; i < 13; i += 1) {
      const input = { title: 'Long', content: `${i} ${'a'.repeat(19_990)}`, published: true }
      ids.push((await gateway.ask(CreatePostDocument, { input }, token)).createPost.id)
    }
    const read = (aliases: number, language = 'en') =>
      gateway.sendText(
        `{ posts(first: 13) { nodes { ${buildAliases(aliases, 'content')} } } }`,
        {},
        { token, headers: { 'accept-language': language, accept: 'application/graphql-response+json' } },
      )
    expect((await read(9)).errors).toEqual([])
    const refused = await read(10)
    expect([refused.status, refused.data, refused.errors]).toEqual([
      400,
      undefined,
      [
        {
          message: 'The response has more than 2500000 characters. Request smaller pages or fewer fields.',
          extensions: { code: 'BAD_USER_INPUT', messageKey: 'BAD_USER_INPUT' },
        },
      ],
    ])
    expect((await read(10, 'ko')).errors[0]?.message).toContain('2500000자')
    // The work of a mutation is done: its response stays.
    const update = `mutation { updatePost(id: "${ids[0] ?? ''}", input: { title: "New" }) { ${buildAliases(15, 'content')} } }`
    expect((await gateway.sendText(update, {}, { token })).errors).toEqual([])
  })

  it('is not in the responses of production', async () => {
    const production = await startGateway(backend, {
      NODE_ENV: 'production',
    })
    const response = await production.sendText(
      '{ __typename }',
      {},
      { headers: { 'x-forwarded-proto': 'https' } },
    )
    expect([response.data, readCost(response)]).toEqual([{ __typename: 'Query' }, undefined])
    await production.close()
  })
})
