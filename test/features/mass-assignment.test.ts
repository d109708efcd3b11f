import { isInputObjectType, isNonNullType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { PASSWORD, newAddress, startGateway, type TestGateway } from '../support/gateway.ts'

/** Names of columns that an additional input field must not write. */
const COLUMNS = [
  'id',
  'userId',
  'authorId',
  'role',
  'roles',
  'status',
  'emailVerified',
  'verified',
  'passwordHash',
  'generation',
  'securityStamp',
  'createdAt',
  'revokedAt',
  'expiresAt',
  '__proto__',
]

describe('additional fields of an input', () => {
  let gateway: TestGateway
  beforeAll(
    async () =>
      void (gateway = await startGateway((BACKENDS as readonly [Backend])[0], { RATE_LIMIT_SCALE: '1000' })),
  )
  afterAll(() => gateway.close())

  const inputs = Object.values(schemaWithoutServices().getMutationType()?.getFields() ?? {}).flatMap(
    (field) =>
      field.args.flatMap(({ name, type }) => {
        const named = isNonNullType(type) ? type.ofType : type
        return isInputObjectType(named)
          ? [{ field: field.name, argument: name, type: named, required: field.args }]
          : []
      }),
  )

  it('are rejected by the schema, in variables and in the document, for every mutation with an input (SR-118)', async () => {
    const { accessToken: token } = await gateway.signUp()
    expect(inputs.length).toBeGreaterThan(5)
    for (const { field, argument, type, required } of inputs) {
      const others = required.filter(({ name }) => name !== argument)
      const declared = [
        `$${argument}: ${type.name}!`,
        ...others.map(({ name, type }) => `$${name}: ${String(type)}`),
      ]
      const passed = required.map(({ name }) => `${name}: $${name}`)
      const query = `mutation (${declared.join(', ')}) { ${field}(${passed.join(', ')}) { __typename } }`
      const rest = Object.fromEntries(others.map(({ name }) => [name, 'x']))
      const added = COLUMNS.filter((name) => !(name in type.getFields()))
      for (const column of added) {
        const input = JSON.parse(`{"${column}":"ADMIN"}`) as object
        const inVariables = await gateway.sendText(query, { ...rest, [argument]: input }, { token })
        const literal = `mutation { ${field}(${argument}: { ${column}: "ADMIN" }${others.map(({ name }) => `, ${name}: "x"`).join('')}) { __typename } }`
        const inDocument = await gateway.sendText(literal, {}, { token })
        expect([field, column, inVariables.status, inDocument.code]).toEqual([
          field,
          column,
          400,
          'GRAPHQL_VALIDATION_FAILED',
        ])
      }
    }
  }, 60_000)

  it('never reach the database past the schema: a service reads named fields only (SR-118)', async () => {
    const email = newAddress()
    const query = 'mutation ($input: RegisterInput!) { register(input: $input) { challengeId } }'
    const { code } = await gateway.sendText(query, {
      input: { email, password: PASSWORD, roles: ['ADMIN'], status: 'ACTIVE' },
    })
    expect(code).toBe('BAD_USER_INPUT')
    expect(await gateway.sql(`SELECT id FROM users WHERE email = '${email}'`)).toEqual([])
    const { user } = await gateway.signUp(email)
    expect(user).toMatchObject({ roles: ['USER'], status: 'ACTIVE' })
  })
})
