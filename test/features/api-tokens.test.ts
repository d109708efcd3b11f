import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildSchema, GraphQLSchema } from 'graphql'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { findUnscopedFields, guardAccess, readRequiredScope } from '../../src/graphql/schema/access.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument, LogoutDocument, PostsDocument } from '../generated/graphql.ts'
import { CALLS, type Target } from './access-calls.ts'
import { ALL_SCOPES, createApiKey, isAccepted, issueToken, tryIssue } from './api-key-steps.ts'
import { isSignedIn } from './session-steps.ts'

/** What each root field requires of a program. */
const REQUIRED = (() => {
  const schema = schemaWithoutServices()
  const types = [schema.getQueryType(), schema.getMutationType()]
  return types.flatMap((type) =>
    Object.values(type?.getFields() ?? {}).map((field) => ({
      name: `${type?.name}.${field.name}`,
      scope: readRequiredScope(field),
    })),
  )
})()

describe('the schema', () => {
  it('does not start with a root field that declares no scope (SR-254)', () => {
    const sdl = buildSchema('type Query { open: Int secret: Int owned: Int }')
    const rules = {
      open: { access: 'public' },
      secret: { access: 'signed-in' },
      owned: { access: 'owner', scope: 'session' },
    }
    for (const [name, extensions] of Object.entries(rules)) {
      const field = sdl.getQueryType()?.getFields()[name]
      if (field) field.extensions = extensions
    }
    expect(findUnscopedFields(sdl)).toEqual(['Query.secret'])
    expect(sdl).toBeInstanceOf(GraphQLSchema)
    expect(() => guardAccess(sdl, { development: false })).toThrow('Fields without a scope: Query.secret')
  })
})

describeOn(EXTREMES, 'the token of a program', (backend) => {
  let gateway: TestGateway
  let target: Target
  let credentials: Awaited<ReturnType<typeof createApiKey>>
  beforeAll(async () => {
    const roles = 'USER=posts:read posts:write,ADMIN=posts:read posts:write orders:read'
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', ROLE_SCOPES: roles })
    const owner = await gateway.signUp()
    const createPost = async (published: boolean) => {
      const input = { title: 'Target', content: 'Target', published }
      return (await gateway.ask(CreatePostDocument, { input }, owner.accessToken)).createPost.id
    }
    target = { ...owner, postId: await createPost(true), draftId: await createPost(false) }
    credentials = await createApiKey(gateway, owner.accessToken)
  })
  afterAll(() => gateway.close())

  async function call(name: string, token: string) {
    const row = CALLS[name]
    if (!row) throw new Error(`${name} has no call`)
    const variables = await row.variables(target, gateway)
    return gateway.sendText(row.text, { ...variables }, { token })
  }

  it.each(REQUIRED.filter(({ scope }) => scope === 'session'))(
    'is refused by $name, which requires a session (SR-254)',
    async ({ name }) => {
      const { accessToken } = await issueToken(gateway, credentials)
      const { errors } = await call(name, accessToken)
      expect(errors.map(({ extensions }) => extensions)).toMatchObject([
        { code: 'FORBIDDEN', reason: 'SESSION_REQUIRED' },
      ])
      expect(await isSignedIn(gateway, target)).toBe(true)
    },
  )

  it.each(REQUIRED.filter(({ scope }) => scope !== undefined && scope !== 'session'))(
    'is refused by $name without the scope $scope, which is named, and accepted with it (SR-254)',
    async ({ name, scope = '' }) => {
      const others = ALL_SCOPES.filter((one) => one !== scope)
      const lacking = await call(name, (await issueToken(gateway, credentials, others)).accessToken)
      expect(lacking.errors[0]?.extensions).toMatchObject({
        code: 'FORBIDDEN',
        reason: 'INSUFFICIENT_SCOPE',
        scope,
      })
      expect(lacking.headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", scope="${scope}"`)
      const having = await call(name, (await issueToken(gateway, credentials, [scope])).accessToken)
      expect(having.errors).toEqual([])
    },
  )

  it('does not set a phone number, which requires a session although the field is public (SR-254)', async () => {
    const { accessToken } = await issueToken(gateway, credentials)
    const { errors } = await gateway.sendText(
      'mutation { requestOtp(input: { phone: "+447400123456", purpose: VERIFY_PHONE }) { challengeId } }',
      {},
      { token: accessToken },
    )
    expect(errors[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'SESSION_REQUIRED' })
  })

  it('shows the private fields of its account as an author with account:read only (SR-254)', async () => {
    const text = 'query ($id: ID!) { post(id: $id) { author { id email roles } } }'
    const read = async (scopes: readonly string[]) => {
      const token = (await issueToken(gateway, credentials, scopes)).accessToken
      const { data } = await gateway.sendText(text, { id: target.draftId }, { token })
      return (data as { post: { author: unknown } }).post.author
    }
    expect(await read(['posts:read'])).toEqual({ id: target.user.id, email: null, roles: [] })
    expect(await read(['posts:read', 'account:read'])).toMatchObject({ email: target.email })
  })

  it('has the drafts of its account, and no powers of its roles (SR-254)', async () => {
    const admin = await gateway.signUp()
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
    const key = await createApiKey(gateway, admin.accessToken)
    const { accessToken } = await issueToken(gateway, key)
    const text = 'query ($id: ID!) { post(id: $id) { id } }'
    const read = (token: string) => gateway.sendText(text, { id: target.draftId }, { token })
    expect((await read(admin.accessToken)).code).toBeUndefined()
    expect((await read(accessToken)).code).toBe('NOT_FOUND')
    const own = await gateway.ask(PostsDocument, {}, (await issueToken(gateway, credentials)).accessToken)
    expect(own.posts.edges.some(({ node }) => node.id === target.draftId)).toBe(true)
  })

  it('has at most the scopes that the key has and the roles of the account still grant (SR-254)', async () => {
    const { email, accessToken } = await gateway.signUp()
    const refused = await gateway.sendText(
      'mutation { createApiKey(input: { name: "n", scopes: ["orders:read"] }) { apiKey } }',
      {},
      { token: accessToken },
    )
    expect(refused.code).toBe('BAD_USER_INPUT')
    await gateway.app.administration.setRoles(email, ['USER', 'ADMIN'])
    const key = await createApiKey(gateway, accessToken, ['orders:read', 'posts:read'])
    expect((await issueToken(gateway, key)).scopes).toEqual(['orders:read', 'posts:read'])
    expect((await tryIssue(gateway, key, ['posts:write'])).code).toBe('BAD_USER_INPUT')
    await gateway.app.administration.setRoles(email, ['USER'])
    expect((await issueToken(gateway, key)).scopes).toEqual(['posts:read'])
    await gateway.app.administration.setRoles(email, [])
    expect((await tryIssue(gateway, key)).code).toBe('FORBIDDEN')
  })

  it('does not end a session of the account, and survives the sign-out of all (SR-255)', async () => {
    const { accessToken } = await gateway.signUp()
    const key = await createApiKey(gateway, accessToken)
    const token = (await issueToken(gateway, key)).accessToken
    expect((await gateway.send(LogoutDocument, { everywhere: true }, { token })).code).toBe('FORBIDDEN')
    expect(await isSignedIn(gateway, { accessToken })).toBe(true)
    await gateway.ask(LogoutDocument, { everywhere: true }, accessToken)
    expect(await isAccepted(gateway, token)).toBe(true)
    expect((await tryIssue(gateway, key)).code).toBeUndefined()
  })
})
