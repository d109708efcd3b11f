import { buildSchema, type GraphQLSchema } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { schemaWithoutServices } from '../../scripts/print-schema.ts'
import { readAccessTable, type AccessClass } from '../../src/graphql/schema/access.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import { CreatePostDocument } from '../generated/graphql.ts'
import { CALLS, type Call, type Target } from './access-calls.ts'
import { isSignedIn, signInAgain } from './session-steps.ts'

const accessTable = readAccessTable(schemaWithoutServices())

function findCall(name: string): Call {
  const row = CALLS[name]
  if (!row) throw new Error(`${name} has no call`)
  return row
}

/** Root fields of a schema without a row in `CALLS`. */
function findFieldsWithoutRow(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const names = roots.flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ''}.${field}`),
  )
  return names.filter((name) => CALLS[name] === undefined)
}

/** The expected codes for an anonymous caller, another account, an administrator and the owner. */
function findExpectedCodes(access: AccessClass | undefined, { names }: Call): readonly string[] {
  if (access === 'public') return ['ok', 'ok', 'ok', 'ok']
  if (access === 'signed-in') return ['UNAUTHENTICATED', 'ok', 'ok', 'ok']
  if (access?.startsWith('role:')) return ['UNAUTHENTICATED', 'FORBIDDEN', 'ok', 'FORBIDDEN']
  if (access === 'owner-or-admin') return ['UNAUTHENTICATED', 'NOT_FOUND', 'ok', 'ok']
  return names ? ['UNAUTHENTICATED', 'NOT_FOUND', 'NOT_FOUND', 'ok'] : ['UNAUTHENTICATED', 'ok', 'ok', 'ok']
}

/** Subscribes over a WebSocket: `ok` once the subscription is active, or the reason of the close frame. */
function subscribe(gateway: TestGateway, query: string, token: string | undefined): Promise<string> {
  const address = gateway.app.http.app.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws')
  const send = (message: object) => socket.send(JSON.stringify(message))
  return new Promise((resolve, reject) => {
    socket.on('open', () =>
      send({
        type: 'connection_init',
        payload: token === undefined ? {} : { authorization: `Bearer ${token}` },
      }),
    )
    socket.on('message', (data: Buffer) => {
      const { type } = JSON.parse(data.toString()) as { type: string }
      if (type === 'connection_ack') {
        send({ type: 'subscribe', id: '1', payload: { query } })
        send({ type: 'ping' })
      } else if (type === 'pong' || type === 'error') {
        resolve(type === 'pong' ? 'ok' : data.toString())
        socket.close()
      }
    })
    socket.on('close', (_code, reason) => resolve(reason.toString()))
    socket.on('error', reject)
  })
}

describe('the access matrix', () => {
  it('has exactly one row for every operation of the schema (SR-116)', () => {
    expect(findFieldsWithoutRow(schemaWithoutServices())).toEqual([])
    const roots = ['Query', 'Mutation', 'Subscription']
    const classified = roots.flatMap((type) =>
      Object.keys(accessTable[type] ?? {}).map((field) => `${type}.${field}`),
    )
    expect(Object.keys(CALLS).sort()).toEqual(classified.sort())
    expect(
      findFieldsWithoutRow(buildSchema('type Query { me: Int } type Mutation { grantRole: Int }')),
    ).toEqual(['Mutation.grantRole'])
  })
})

describeOn(EXTREMES, 'the access matrix', (backend) => {
  let gateway: TestGateway
  let emails: { owner: string; other: string; admin: string }
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', SESSIONS_PER_USER: '1000' })
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const [owner, other, admin] = [await gateway.signUp(), await gateway.signUp(), await gateway.signUp()]
    emails = { owner: owner.email, other: other.email, admin: admin.email }
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
  })
  afterAll(() => gateway.close())

  async function newTarget(): Promise<Target> {
    const signedIn = await signInAgain(gateway, emails.owner)
    const createPost = async (published: boolean) => {
      const input = { title: 'Target', content: 'Target', published }
      return (await gateway.ask(CreatePostDocument, { input }, signedIn.accessToken)).createPost.id
    }
    return {
      ...signedIn,
      email: emails.owner,
      postId: await createPost(true),
      draftId: await createPost(false),
    }
  }

  /** The error code of a call, `ok` for none, and the body of its response. */
  async function callAs(name: string, target: Target, token: string | undefined) {
    const { text, variables, undo } = findCall(name)
    if (name.startsWith('Subscription.')) return { code: await subscribe(gateway, text, token), text: '' }
    const response = await gateway.sendText(text, { ...(await variables(target, gateway, token)) }, { token })
    await undo?.(gateway)
    return { code: response.code ?? 'ok', text: response.text }
  }

  it.each(Object.entries(CALLS))(
    '%s accepts only the callers that its access class allows (SR-116, SR-117)',
    async (name, row) => {
      const [type = '', field = ''] = name.split('.')
      const access = accessTable[type]?.[field]
      const target = await newTarget()
      const [other, admin] = [
        await signInAgain(gateway, emails.other),
        await signInAgain(gateway, emails.admin),
      ]
      const anonymous = await callAs(name, target, undefined)
      const others = [
        await callAs(name, target, other.accessToken),
        await callAs(name, target, admin.accessToken),
      ]
      if (access === 'owner-or-admin') expect(others[0]?.text).not.toContain(target.user.id)
      // The other callers neither ended the owner's session nor saw data of the owner.
      expect(await isSignedIn(gateway, target)).toBe(true)
      if (access === 'owner')
        for (const { text } of [anonymous, ...others])
          for (const value of [target.email, target.user.id, target.session.id])
            expect(text).not.toContain(value)
      const own = await callAs(name, target, (await signInAgain(gateway, emails.owner)).accessToken)
      expect([anonymous, ...others, own].map(({ code }) => code)).toEqual(findExpectedCodes(access, row))
    },
  )

  it('shows a draft to its author and to administrators only (SR-117, SR-226)', async () => {
    const target = await newTarget()
    const codes = await Promise.all(
      [emails.other, emails.admin, emails.owner].map(async (email) => {
        const { accessToken } = await signInAgain(gateway, email)
        const text = 'query ($id: ID!) { post(id: $id) { id } }'
        return (await gateway.sendText(text, { id: target.draftId }, { token: accessToken })).code
      }),
    )
    expect(codes).toEqual(['NOT_FOUND', undefined, undefined])
  })

  it('hides owner-only fields of an account from other callers, also in the author of a post (SR-117, SR-119)', async () => {
    const target = await newTarget()
    const rows = Object.entries(accessTable['User'] ?? {})
    const fields = rows.filter(([, access]) => access === 'owner').map(([field]) => field)
    const text = `query ($id: ID!) { post(id: $id) { author { ${fields.join(' ')} } } }`
    const readAuthorAs = async (email: string) => {
      const { accessToken } = await signInAgain(gateway, email)
      const { data } = await gateway.sendText(text, { id: target.postId }, { token: accessToken })
      return (data as { post: { author: Record<string, unknown> } }).post.author
    }
    const empty = {
      email: null,
      emailVerified: false,
      phone: null,
      phoneVerified: false,
      roles: [],
      hasPassword: false,
    }
    expect(await readAuthorAs(emails.other)).toEqual(empty)
    expect(await readAuthorAs(emails.admin)).toEqual(empty)
    expect(await readAuthorAs(emails.owner)).toMatchObject({ email: emails.owner, roles: ['USER'] })
  })
})
