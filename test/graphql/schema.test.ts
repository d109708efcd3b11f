import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  buildSchema,
  graphql,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { AuthError, ERROR_CODES } from '../../src/core/errors.ts'
import {
  findUnclassifiedFields,
  guardAccess,
  readAccessTable,
  type AccessTable,
} from '../../src/graphql/schema/access.ts'
import { printSortedSchema } from '../../src/graphql/schema/schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const root = resolve(import.meta.dirname, '../..')

function undescribed(schema: GraphQLSchema): string[] {
  const missing: string[] = []
  const look = (name: string, { description }: { description?: string | null | undefined }) =>
    void (description?.trim() || missing.push(name))
  const roots: unknown[] = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type) || isSpecifiedScalarType(type)) continue
    if (!roots.includes(type)) look(type.name, type)
    if (isScalarType(type)) continue
    if (isEnumType(type)) for (const value of type.getValues()) look(`${type.name}.${value.name}`, value)
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue
    for (const field of Object.values<GraphQLField<unknown, unknown> | GraphQLInputField>(type.getFields())) {
      look(`${type.name}.${field.name}`, field)
      if ('args' in field)
        for (const argument of field.args) look(`${type.name}.${field.name}(${argument.name})`, argument)
    }
  }
  return missing
}

describe('the schema', () => {
  const schema = schemaWithoutServices()

  it('is committed as it is', () => {
    expect(readFileSync(join(root, 'schema/schema.graphql'), 'utf8')).toBe(printSortedSchema(schema))
  })

  it('describes every type, field, argument and value', () => {
    expect(undescribed(schema)).toEqual([])
    expect(undescribed(buildSchema('type Query { a(b: Int): C } enum C { D }'))).toEqual([
      'Query.a',
      'Query.a(b)',
      'C',
      'C.D',
    ])
  })

  it('publishes every refusal code', () => {
    const type = schema.getType('ErrorCode')
    expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual(Object.keys(ERROR_CODES))
  })

  it('keeps the operations that clients rely on', () => {
    const fields = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.values(type?.getFields() ?? {}),
    )
    const shapes = fields.map(
      ({ name, args, type }) =>
        `${name}(${args
          .map((arg) => `${arg.name}: ${String(arg.type)}`)
          .sort()
          .join(', ')}): ${String(type)}`,
    )
    expect(shapes.sort()).toEqual([
      'changePassword(input: ChangePasswordInput!): ChangePasswordPayload!',
      'confirmTotp(code: String!, endOtherSessions: Boolean!): ConfirmTotpPayload!',
      'createPost(input: CreatePostInput!): Post!',
      'deletePost(id: ID!): DeletePostPayload!',
      'disableTotp(code: String!): DisableTotpPayload!',
      'enrollTotp(): TotpEnrollment!',
      'login(input: LoginInput!): LoginResult!',
      'logout(everywhere: Boolean!): LogoutPayload!',
      'me(): User!',
      'myAuditEvents(after: String, before: String, first: Int, last: Int): AuditEventConnection!',
      'mySecondFactor(): SecondFactorStatus!',
      'post(id: ID!): Post!',
      'posts(after: String, before: String, filter: PostFilter, first: Int, last: Int, orderBy: PostOrder): PostConnection!',
      'refresh(refreshToken: String): AuthPayload!',
      'regenerateRecoveryCodes(code: String!): RegenerateRecoveryCodesPayload!',
      'register(input: RegisterInput!): RegisterPayload!',
      'registerPhone(input: RegisterPhoneInput!): RegisterPayload!',
      'requestOtp(input: RequestOtpInput!): RequestOtpPayload!',
      'resetPassword(input: ResetPasswordInput!): AuthPayload!',
      'revokeOtherSessions(): RevokeOtherSessionsPayload!',
      'revokeSession(id: ID!): RevokeSessionPayload!',
      'sessions(): [Session!]!',
      'updatePost(id: ID!, input: UpdatePostInput!): Post!',
      'verifyEmail(signIn: Boolean!, token: String!): VerifyEmailPayload!',
      'verifyMfa(input: VerifyMfaInput!): AuthPayload!',
      'verifyOtp(input: VerifyOtpInput!): VerifyOtpResult!',
    ])
  })

  describe('classes every field', () => {
    /** Gives fields of a schema the classes of a table, as `@Access` does. */
    function classify(bare: GraphQLSchema, table: AccessTable): GraphQLSchema {
      for (const [name, rows] of Object.entries(table)) {
        const type = bare.getType(name)
        if (!isObjectType(type)) throw new Error(`${name} is no object type`)
        for (const [field, access] of Object.entries(rows)) {
          const definition = type.getFields()[field]
          if (!definition) throw new Error(`${name}.${field} does not exist`)
          definition.extensions = { access }
        }
      }
      return bare
    }

    it('and does not start without (SR-116)', () => {
      expect(findUnclassifiedFields(schema)).toEqual([])
      const classified = Object.values(readAccessTable(schema)).flatMap((rows) => Object.keys(rows))
      expect(classified.length).toBeGreaterThan(100)
    })

    it('or does not start: an operation or a field without a class is an error (SR-116)', () => {
      const sdl = 'type Query { me: User new: Int } type User { id: ID! passwordHash: String }'
      const grown = classify(buildSchema(sdl), { Query: { me: 'owner' }, User: { id: 'signed-in' } })
      expect(findUnclassifiedFields(grown)).toEqual(['Query.new', 'User.passwordHash'])
      expect(() => guardAccess(grown, { development: true })).toThrow(
        'Fields without an access class: Query.new, User.passwordHash',
      )
    })

    it('and requires what the class says, independent of the resolver (SR-116)', async () => {
      const open = buildSchema('type Query { anyone: Int account: Int own: Int admin: Int }')
      const rows = { anyone: 'public', account: 'signed-in', own: 'owner', admin: 'role:ADMIN' } as const
      for (const field of Object.values(open.getQueryType()?.getFields() ?? {})) field.resolve = () => 1
      const guarded = guardAccess(classify(open, { Query: rows }), { development: false })
      const codes = async (caller: object) => {
        const answers = await Promise.all(
          Object.keys(rows).map((field) =>
            graphql({ schema: guarded, source: `{ ${field} }`, contextValue: { caller } }),
          ),
        )
        return answers.map(({ errors }) => {
          const [error] = errors ?? []
          return error?.originalError instanceof AuthError ? error.originalError.code : 'ok'
        })
      }
      const refused = ['ok', 'UNAUTHENTICATED', 'UNAUTHENTICATED', 'UNAUTHENTICATED']
      expect(await codes({ kind: 'anonymous' })).toEqual(refused)
      expect(await codes({ kind: 'refused', reason: 'TOKEN_INVALID' })).toEqual(refused)
      expect(await codes({ kind: 'signed-in', roles: ['USER'] })).toEqual(['ok', 'ok', 'ok', 'FORBIDDEN'])
      expect(await codes({ kind: 'signed-in', roles: ['ADMIN'] })).toEqual(['ok', 'ok', 'ok', 'ok'])
    })
  })

  describe('guards every field', () => {
    let gateway: TestGateway
    beforeAll(async () => void (gateway = await startGateway((BACKENDS as readonly [Backend])[0])))
    afterAll(() => gateway.close())

    const roots = [
      ['query', schema.getQueryType()],
      ['mutation', schema.getMutationType()],
    ] as const
    const table = readAccessTable(schema)
    const operations = roots.flatMap(([kind, type]) =>
      Object.values(type?.getFields() ?? {}).map((field) => ({
        kind,
        field,
        name: field.name,
        access: table[type?.name ?? '']?.[field.name],
      })),
    )

    it.each(operations.filter(({ access }) => access !== 'public'))(
      '$name refuses a caller without a token (SR-116)',
      async ({ kind, field }) => {
        const filled: Readonly<Record<string, string>> = {
          'ID!': '"x"',
          'ChangePasswordInput!': '{ currentPassword: "x", newPassword: "x" }',
          'String!': '"x"',
          'CreatePostInput!': '{ title: "x", content: "x" }',
          'UpdatePostInput!': '{ title: "x" }',
        }
        const args = field.args.flatMap((argument) =>
          filled[String(argument.type)] ? [`${argument.name}: ${filled[String(argument.type)]}`] : [],
        )
        const leaf = field.name === 'posts' ? '{ totalCount }' : '{ __typename }'
        const answer = await gateway.sendText(
          `${kind} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${leaf} }`,
        )
        expect(answer.errors[0]?.extensions).toMatchObject({
          code: 'UNAUTHENTICATED',
          reason: 'TOKEN_MISSING',
        })
      },
    )
  })
})
