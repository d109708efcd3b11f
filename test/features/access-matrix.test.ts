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

function callOf(name: string): Call {
  const row = CALLS[name]
  if (!row) throw new Error(`no row for ${name}`)
  return row
}

/** Root fields of a schema that no row calls. */
function withoutRow(schema: GraphQLSchema): string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()]
  const names = roots.flatMap((type) =>
    Object.keys(type?.getFields() ?? {}).map((field) => `${type?.name ?? ''}.${field}`),
  )
  return names.filter((name) => CALLS[name] === undefined)
}

/** What the class lets anonymous callers, another account, an administrator and the owner have. */
function expected(access: AccessClass | undefined, { names }: Call): readonly string[] {
  if (access === 'public') return ['ok', 'ok', 'ok', 'ok']
  if (access === 'signed-in') return ['UNAUTHENTICATED', 'ok', 'ok', 'ok']
  if (access?.startsWith('role:')) return ['UNAUTHENTICATED', 'FORBIDDEN', 'ok', 'FORBIDDEN']
  return names ? ['UNAUTHENTICATED', 'NOT_FOUND', 'NOT_FOUND', 'ok'] : ['UNAUTHENTICATED', 'ok', 'ok', 'ok']
}

/** Opens a subscription over a socket: `ok` once it stands, or the reason that the socket is closed for. */
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
  it('has a row for every operation of the schema, and no other (SR-116)', () => {
    expect(withoutRow(schemaWithoutServices())).toEqual([])
    const roots = ['Query', 'Mutation', 'Subscription']
    const classed = roots.flatMap((type) =>
      Object.keys(accessTable[type] ?? {}).map((field) => `${type}.${field}`),
    )
    expect(Object.keys(CALLS).sort()).toEqual(classed.sort())
    expect(withoutRow(buildSchema('type Query { me: Int } type Mutation { grantRole: Int }'))).toEqual([
      'Mutation.grantRole',
    ])
  })
})

describeOn(EXTREMES, 'the access matrix', (backend) => {
  let gateway: TestGateway
  let people: { owner: string; other: string; admin: string }
  beforeAll(async () => {
    gateway = await startGateway(backend, { RATE_LIMIT_SCALE: '1000', SESSIONS_PER_USER: '1000' })
    await gateway.app.http.app.listen({ port: 0, host: '127.0.0.1' })
    const [owner, other, admin] = [await gateway.signUp(), await gateway.signUp(), await gateway.signUp()]
    people = { owner: owner.email, other: other.email, admin: admin.email }
    await gateway.app.administration.setRoles(admin.email, ['USER', 'ADMIN'])
  })
  afterAll(() => gateway.close())

  async function newTarget(): Promise<Target> {
    const signedIn = await signInAgain(gateway, people.owner)
    const write = async (published: boolean) => {
      const input = { title: 'Target', content: 'Target', published }
      return (await gateway.ask(CreatePostDocument, { input }, signedIn.accessToken)).createPost.id
    }
    return { ...signedIn, email: people.owner, postId: await write(true), draftId: await write(false) }
  }

  /** The code that a caller gets, `ok` for none, and the text of the answer. */
  async function answerOf(name: string, target: Target, token: string | undefined) {
    const { text, variables, undo } = callOf(name)
    if (name.startsWith('Subscription.')) return { code: await subscribe(gateway, text, token), text: '' }
    const answer = await gateway.sendText(text, { ...(await variables(target, gateway, token)) }, { token })
    await undo?.(gateway)
    return { code: answer.code ?? 'ok', text: answer.text }
  }

  it.each(Object.entries(CALLS))('%s lets in whom its class says (SR-116, SR-117)', async (name, row) => {
    const [type = '', field = ''] = name.split('.')
    const access = accessTable[type]?.[field]
    const target = await newTarget()
    const [other, admin] = [
      await signInAgain(gateway, people.other),
      await signInAgain(gateway, people.admin),
    ]
    const anonymous = await answerOf(name, target, undefined)
    const others = [
      await answerOf(name, target, other.accessToken),
      await answerOf(name, target, admin.accessToken),
    ]
    // Whatever anybody else did, the owner's session lives and nothing of the owner's was seen.
    expect(await isSignedIn(gateway, target)).toBe(true)
    if (access === 'owner')
      for (const { text } of [anonymous, ...others])
        for (const mark of [target.email, target.user.id, target.session.id]) expect(text).not.toContain(mark)
    const own = await answerOf(name, target, (await signInAgain(gateway, people.owner)).accessToken)
    expect([anonymous, ...others, own].map(({ code }) => code)).toEqual(expected(access, row))
  })

  it('shows a draft to its author alone, not to an administrator either (SR-117)', async () => {
    const target = await newTarget()
    const codes = await Promise.all(
      [people.other, people.admin, people.owner].map(async (email) => {
        const { accessToken } = await signInAgain(gateway, email)
        const text = 'query ($id: ID!) { post(id: $id) { id } }'
        return (await gateway.sendText(text, { id: target.draftId }, { token: accessToken })).code
      }),
    )
    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND', undefined])
  })

  it('empties what of an account is its owner’s, wherever the account is shown (SR-117, SR-119)', async () => {
    const target = await newTarget()
    const rows = Object.entries(accessTable['User'] ?? {})
    const fields = rows.filter(([, access]) => access === 'owner').map(([field]) => field)
    const text = `query ($id: ID!) { post(id: $id) { author { ${fields.join(' ')} } } }`
    const seenBy = async (email: string) => {
      const { accessToken } = await signInAgain(gateway, email)
      const { data } = await gateway.sendText(text, { id: target.postId }, { token: accessToken })
      return (data as { post: { author: Record<string, unknown> } }).post.author
    }
    const nothing = { email: null, emailVerified: false, phone: null, phoneVerified: false, roles: [] }
    expect(await seenBy(people.other)).toEqual(nothing)
    expect(await seenBy(people.admin)).toEqual(nothing)
    expect(await seenBy(people.owner)).toMatchObject({ email: people.owner, roles: ['USER'] })
  })
})
