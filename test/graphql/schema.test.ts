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
import { ERROR_REASONS } from '../../src/core/error-reasons.ts'
import { AuthError, ERROR_CODES } from '../../src/core/errors.ts'
import { FIELD_ERROR_CODES } from '../../src/core/field-errors.ts'
import { REQUEST_CODES, REQUEST_REASONS } from '../../src/core/request-errors.ts'
import { RESPONSES } from '../../src/locales/index.ts'
import {
  findUnclassifiedFields,
  findUndeclaredRoles,
  guardAccess,
  readAccessTable,
  type AccessTable,
} from '../../src/graphql/schema/access.ts'
import { printSortedSchema } from '../../src/graphql/schema/schema.ts'
import { BACKENDS, type Backend } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

const root = resolve(import.meta.dirname, '../..')

function findUndescribed(schema: GraphQLSchema): string[] {
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

  it('is the committed one', () => {
    expect(readFileSync(join(root, 'schema/schema.graphql'), 'utf8')).toBe(printSortedSchema(schema))
  })

  it('describes every type, field, argument and value', () => {
    expect(findUndescribed(schema)).toEqual([])
    expect(findUndescribed(buildSchema('type Query { a(b: Int): C } enum C { D }'))).toEqual([
      'Query.a',
      'Query.a(b)',
      'C',
      'C.D',
    ])
  })

  it.each([
    ['ErrorCode', { ...REQUEST_CODES, ...ERROR_CODES }],
    ['ErrorReason', { ...ERROR_REASONS, ...REQUEST_REASONS }],
    ['FieldErrorCode', FIELD_ERROR_CODES],
  ])('publishes every value of errors as %s', (name, table) => {
    const type = schema.getType(name)
    expect(isEnumType(type) && type.getValues().map(({ name }) => name)).toEqual(Object.keys(table))
  })

  it('publishes each code that a response can have', () => {
    const { requests, http, refusals } = RESPONSES.en
    for (const code of [requests, http, refusals].flatMap((texts) => Object.keys(texts)))
      expect(Object.keys({ ...REQUEST_CODES, ...ERROR_CODES })).toContain(code)
  })

  it('has the operations that clients rely on', () => {
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
      'apiKeys(): [ApiKey!]!',
      'changePassword(input: ChangePasswordInput!): ChangePasswordPayload!',
      'confirmTotp(code: String!, endOtherSessions: Boolean!): ConfirmTotpPayload!',
      'createApiKey(input: CreateApiKeyInput!): CreateApiKeyPayload!',
      'createPost(input: CreatePostInput!): Post!',
      'deletePost(expectedUpdatedAt: DateTime, id: ID!): DeletePostPayload!',
      'disableTotp(code: String!): DisableTotpPayload!',
      'enrollTotp(): TotpEnrollment!',
      'issueToken(input: IssueTokenInput!): TokenPayload!',
      'login(input: LoginInput!): LoginResult!',
      'logout(everywhere: Boolean!): LogoutPayload!',
      'me(): User!',
      'myAuditEvents(after: String, before: String, first: Int, last: Int): AuditEventConnection!',
      'mySecondFactor(): SecondFactorStatus!',
      'node(id: ID!): Node',
      'post(id: ID!): Post!',
      'posts(after: String, before: String, filter: PostFilter, first: Int, last: Int, orderBy: PostOrder): PostConnection!',
      'refresh(refreshToken: String): AuthPayload!',
      'regenerateRecoveryCodes(code: String!): RegenerateRecoveryCodesPayload!',
      'register(input: RegisterInput!): RegisterPayload!',
      'registerPhone(input: RegisterPhoneInput!): RegisterPayload!',
      'removePhone(): User!',
      'requestOtp(input: RequestOtpInput!): RequestOtpPayload!',
      'resetPassword(input: ResetPasswordInput!): AuthPayload!',
      'revokeApiKey(id: ID!): RevokeApiKeyPayload!',
      'revokeOtherSessions(): RevokeOtherSessionsPayload!',
      'revokeSession(id: ID!): RevokeSessionPayload!',
      'sessions(): [Session!]!',
      'undoChange(password: String, token: String!): UndoChangePayload!',
      'updatePost(id: ID!, input: UpdatePostInput!): Post!',
      'verifyEmail(signIn: Boolean!, token: String!): VerifyEmailPayload!',
      'verifyMfa(input: VerifyMfaInput!): AuthPayload!',
      'verifyOtp(input: VerifyOtpInput!): VerifyOtpResult!',
    ])
  })

  describe('has an access class for every field', () => {
    /** Sets the access classes of a table on a schema, as `@Access` does; no program has access. */
    function classify(bare: GraphQLSchema, table: AccessTable): GraphQLSchema {
      for (const [name, rows] of Object.entries(table)) {
        const type = bare.getType(name)
        if (!isObjectType(type)) throw new Error(`${name} is not an object type`)
        for (const [field, access] of Object.entries(rows)) {
          const definition = type.getFields()[field]
          if (!definition) throw new Error(`${name}.${field} does not exist`)
          definition.extensions = { access, ...(access !== 'public' && { scope: 'session' }) }
        }
      }
      return bare
    }

    it('which is present on every field of the gateway (SR-116)', () => {
      expect(findUnclassifiedFields(schema)).toEqual([])
      const classified = Object.values(readAccessTable(schema)).flatMap((rows) => Object.keys(rows))
      expect(classified.length).toBeGreaterThan(100)
    })

    it('which the start requires: an operation or a field without one is an error (SR-116)', () => {
      const sdl = 'type Query { me: User new: Int } type User { id: ID! passwordHash: String }'
      const grown = classify(buildSchema(sdl), { Query: { me: 'owner' }, User: { id: 'signed-in' } })
      expect(findUnclassifiedFields(grown)).toEqual(['Query.new', 'User.passwordHash'])
      expect(() => guardAccess(grown, { development: true })).toThrow(
        'Fields without an access class: Query.new, User.passwordHash',
      )
    })

    it('which names no role that ROLES lacks: the start lists such fields (SR-201)', () => {
      const rows = { own: 'owner', admin: 'role:ADMIN', audit: 'role:AUDITOR' } as const
      const sdl = buildSchema('type Query { own: Int admin: Int audit: Int }')
      expect(findUndeclaredRoles(classify(sdl, { Query: rows }), ['USER', 'ADMIN'])).toEqual([
        'Query.audit (AUDITOR)',
      ])
    })

    it('which is enforced independently of the resolver (SR-116)', async () => {
      const bare = buildSchema('type Query { open: Int account: Int own: Int admin: Int }')
      const rows = { open: 'public', account: 'signed-in', own: 'owner', admin: 'role:ADMIN' } as const
      for (const field of Object.values(bare.getQueryType()?.getFields() ?? {})) field.resolve = () => 1
      const guarded = guardAccess(classify(bare, { Query: rows }), { development: false })
      const codes = async (caller: object) => {
        const results = await Promise.all(
          Object.keys(rows).map((field) =>
            graphql({ schema: guarded, source: `{ ${field} }`, contextValue: { caller } }),
          ),
        )
        return results.map(({ errors }) => {
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

  describe('requires authentication', () => {
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
      'for $name, and rejects a caller without a token (SR-116)',
      async ({ kind, field }) => {
        const filled: Readonly<Record<string, string>> = {
          'ID!': '"x"',
          'ChangePasswordInput!': '{ currentPassword: "x", newPassword: "x" }',
          'String!': '"x"',
          'CreateApiKeyInput!': '{ name: "x", scopes: ["x"] }',
          'CreatePostInput!': '{ title: "x", content: "x" }',
          'UpdatePostInput!': '{ title: "x" }',
        }
        const args = field.args.flatMap((argument) =>
          filled[String(argument.type)] ? [`${argument.name}: ${filled[String(argument.type)]}`] : [],
        )
        const leaf = field.name === 'posts' ? '{ totalCount }' : '{ __typename }'
        const response = await gateway.sendText(
          `${kind} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${leaf} }`,
        )
        expect(response.errors[0]?.extensions).toMatchObject({
          code: 'UNAUTHENTICATED',
          reason: 'TOKEN_MISSING',
        })
      },
    )
  })
})
