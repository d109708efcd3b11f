import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const NAME =
  'mutation ($name: String) { register(input: { email: "ada@example.com", fullName: $name }) { challengeId } }'

describe('a JSON body', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway((BACKENDS as readonly [Backend])[0], { RATE_LIMIT_SCALE: '1000' })
  })
  afterAll(() => gateway.close())

  /**
   * Status and code for a raw body. The gateway runs in this process, so prototype pollution is visible here.
   */
  async function post(payload: string | Buffer) {
    const headers = { 'content-type': 'application/json' }
    const { statusCode, body } = await gateway.app.http.app.inject({
      method: 'POST',
      url: '/graphql',
      headers,
      payload,
    })
    const { errors } = JSON.parse(body) as { errors?: { extensions: { code: string } }[] }
    expect((Object.create(null) as object) instanceof Object || 'polluted' in {}).toBe(false)
    return [statusCode, errors?.[0]?.extensions.code ?? 'ok']
  }
  const named = (json: string) => `{"query":${JSON.stringify(NAME)},"variables":{"name":${json}}}`

  it.each([
    ['__proto__ as a key', '{"query":"{ __typename }","__proto__":{"polluted":1}}'],
    ['__proto__ in the variables', '{"query":"{ __typename }","variables":{"__proto__":{"polluted":1}}}'],
    ['__proto__ with an escape', '{"query":"{ __typename }","variables":{"\\u005f_proto__":{"polluted":1}}}'],
    [
      'a nested __proto__',
      '{"query":"{ __typename }","variables":{"a":[{"b":{"__proto__":{"polluted":1}}}]}}',
    ],
    [
      'a constructor with a prototype',
      '{"query":"{ __typename }","variables":{"constructor":{"prototype":{"polluted":1}}}}',
    ],
    ['a byte order mark inside', '{"query":"{ __typename }",\ufeff"variables":null}'],
    ['a NUL character', '{"query":"{ __typename }"\u0000}'],
    ['a comment', '{"query":"{ __typename }"/**/}'],
    ['a trailing comma', '{"query":"{ __typename }",}'],
    ['single quotes', "{'query':'{ __typename }'}"],
    ['NaN', '{"query":"{ __typename }","variables":{"a":NaN}}'],
    ['10,000 unclosed levels', `{"query":"{ __typename }","variables":${'['.repeat(10_000)}`],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])],
    ['a surrogate in UTF-8', Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d])],
  ])('with %s gets 400 and pollutes no prototype (SR-111)', async (_what, body) => {
    expect(await post(body)).toEqual([400, 'BAD_REQUEST'])
  })

  it('with a duplicate key is read the same way by every part: the last value applies (SR-111)', async () => {
    expect(await post('{"query":"{ nothing }","query":"{ __typename }"}')).toEqual([200, 'ok'])
    expect(await post('{"query":"{ __typename }","query":"{ nothing }"}')).toEqual([
      400,
      'GRAPHQL_VALIDATION_FAILED',
    ])
    const list = JSON.stringify(Array(1000).fill(1))
    expect(await post(`{"query":"{ __typename }","variables":{},"variables":{"a":${list}}}`)).toEqual([
      400,
      'BAD_USER_INPUT',
    ])
  })

  it('of any depth is validated without a crash, and values of the wrong type are rejected (SR-111)', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const nested = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    for (const json of [deep, nested, '1e999', '-0', '[]', '{}', 'true'])
      expect([json.slice(0, 9), ...(await post(named(json)))]).toEqual([
        json.slice(0, 9),
        400,
        'BAD_USER_INPUT',
      ])
  })

  it.each(['"\\ud800"', '"a\\udfffb"', '"\\u0000"', '"a\\u0000"'])(
    'with the string %s is rejected as not storable (SR-111)',
    async (json) => {
      expect((await post(named(json)))[1]).toBe('BAD_USER_INPUT')
    },
  )

  it.each(['"\\ud83d\\ude00"', '"\\ufeffx"', '"a\\u2028b"'])(
    'with the string %s is accepted (SR-111)',
    async (json) => {
      expect(await post(named(json))).not.toContain('INTERNAL_SERVER_ERROR')
    },
  )
})
