import { GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { markChoices } from '../../src/graphql/schema/one-of.ts'
import { RequestOtpDocument, VerifyOtpDocument } from '../generated/graphql.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { newPhone, startGateway, type TestGateway } from '../support/gateway.ts'

describeOn(EXTREMES, 'an input of which exactly one field is meant', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', OTP_EXPOSE_CODE: 'on' })
  })
  afterAll(() => gateway.close())

  it('requests and verifies a code by a oneOf input, as by the fields beside it', async () => {
    const { email } = await gateway.signUp()
    const { requestOtp } = await gateway.ask(RequestOtpDocument, { input: { destination: { email } } })
    const code = requestOtp.otpCode ?? ''
    for (const reference of [{ email }, { challengeId: requestOtp.challengeId }]) {
      const wrong = { reference, code: code === '000000' ? '111111' : '000000' }
      expect((await gateway.send(VerifyOtpDocument, { input: wrong })).code).toBe('OTP_INVALID')
    }
    const input = { reference: { challengeId: requestOtp.challengeId }, code }
    const { verifyOtp } = await gateway.ask(VerifyOtpDocument, { input })
    expect(verifyOtp).toMatchObject({ __typename: 'AuthPayload', user: { email } })
  })

  it('rejects the choice in both forms, and names the fields', async () => {
    const input = { destination: { email: 'ada@example.com' }, phone: newPhone() }
    const requested = await gateway.send(RequestOtpDocument, { input })
    const verified = await gateway.send(VerifyOtpDocument, {
      input: { reference: { email: 'ada@example.com' }, challengeId: 'x', code: '123456' },
    })
    const problem = { path: ['input'], code: 'EXACTLY_ONE' }
    expect([requested, verified].map(({ errors: [error] }) => error?.extensions['fieldErrors'])).toEqual([
      [{ ...problem, message: 'exactly one of destination and phone must be given' }],
      [{ ...problem, message: 'exactly one of reference and challengeId must be given' }],
    ])
  })

  it('is validated below its own path', async () => {
    const { errors } = await gateway.send(RequestOtpDocument, { input: { destination: { email: 'no' } } })
    expect(errors[0]?.extensions['fieldErrors']).toMatchObject([
      { path: ['input', 'destination', 'email'], code: 'INVALID_EMAIL' },
    ])
  })

  it('is @oneOf in the schema, so a document with two fields is invalid', async () => {
    const query =
      'mutation { requestOtp(input: { destination: { email: "a@example.com", phone: "+447400123456" } }) { expiresIn } }'
    expect((await gateway.sendText(query)).code).toBe('GRAPHQL_VALIDATION_FAILED')
    const input = gateway.app.schema.getType('OtpReferenceInput')
    expect(input instanceof GraphQLInputObjectType && input.isOneOf).toBe(true)
  })
})

describe('a oneOf input', () => {
  it('cannot be declared with a field that has a default value', () => {
    const choice = new GraphQLInputObjectType({
      name: 'Choice',
      extensions: { oneOf: true },
      fields: { one: { type: GraphQLString, defaultValue: 'x' } },
    })
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: { field: { type: GraphQLString, args: { choice: { type: choice } } } },
    })
    expect(() => markChoices(new GraphQLSchema({ query }))).toThrow(/Choice\.one/)
  })
})
