import { getNullableType, isListType, type GraphQLField } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LIMITS } from '../../src/features/limits/limits.ts'
import { UNLIMITED } from '../../src/features/limits/uncounted.ts'
import { RATE_LIMIT_EXTENSION } from '../../src/graphql/guards/rate-limit.ts'
import { EXTREMES, describeOn } from '../support/backends.ts'
import { countCodes, sendInBatches } from '../support/batches.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'

type AnyField = GraphQLField<unknown, unknown>
const limits = Object.values(LIMITS)

function isList({ type }: AnyField): boolean {
  const nullable = getNullableType(type)
  return isListType(nullable) || /Connection!?$/.test(String(nullable))
}

describe('the rate rules of the schema', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(
      EXTREMES[0] ?? { name: '', servers: [], database: 'sqlite', store: 'memory' },
    )
  })
  afterAll(() => gateway.close())

  /** Every mutation, and every query that returns a list or a connection. */
  function listFields(): AnyField[] {
    const [query, mutation] = [gateway.app.schema.getQueryType(), gateway.app.schema.getMutationType()]
    return [
      ...Object.values(mutation?.getFields() ?? {}),
      ...Object.values(query?.getFields() ?? {}).filter(isList),
    ]
  }

  it('limit every mutation, and every query of a list, or state the reason (SR-184)', () => {
    const unlimited = listFields().filter(({ extensions }) => extensions[RATE_LIMIT_EXTENSION] === undefined)
    expect(unlimited.map(({ name }) => name).toSorted()).toEqual(
      UNLIMITED.map(({ field }) => field).toSorted(),
    )
    expect(UNLIMITED.every(({ why }) => why.length > 40)).toBe(true)
  })

  it('are the limits that docs/limits.md states for the field (SR-184)', () => {
    const wrong = listFields().filter(({ name, extensions }) => {
      const declared = extensions[RATE_LIMIT_EXTENSION]
      const limit = limits.find((one) => one.name === declared)
      return declared !== undefined && !limit?.fields.some((field) => field === name)
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })
})

describeOn(EXTREMES, 'an account that repeats a call', (backend) => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway(backend)
  })
  afterAll(() => gateway.close())

  const CALLS = [
    [
      'updatePost',
      LIMITS.changePost,
      'NOT_FOUND',
      'mutation { updatePost(id: "none", input: { title: "A" }) { id } }',
    ],
    ['deletePost', LIMITS.changePost, 'NOT_FOUND', 'mutation { deletePost(id: "none") { postId } }'],
    [
      'revokeSession',
      LIMITS.endSessions,
      'NOT_FOUND',
      'mutation { revokeSession(id: "none") { sessionId } }',
    ],
    ['revokeApiKey', LIMITS.revokeApiKey, 'NOT_FOUND', 'mutation { revokeApiKey(id: "none") { apiKeyId } }'],
    ['apiKeys', LIMITS.apiKeys, 'OK', '{ apiKeys { id } }'],
    ['sessions', LIMITS.sessions, 'OK', '{ sessions { id } }'],
    ['myAuditEvents', LIMITS.auditEvents, 'OK', '{ myAuditEvents(first: 1) { edges { cursor } } }'],
    ['posts', LIMITS.posts, 'OK', '{ posts(first: 1) { edges { cursor } } }'],
  ] as const

  it.each(CALLS)(
    'of %s is limited, and no other account is (SR-184)',
    async (_name, limit, code, text) => {
      const [busy, other] = [await gateway.signUp(undefined, null), await gateway.signUp(undefined, null)]
      const seen = await sendInBatches(limit.max + 5, () =>
        gateway.sendText(text, {}, { token: busy.accessToken }),
      )
      expect(countCodes(seen)).toEqual({ [code]: limit.max, RATE_LIMITED: 5 })
      const response = await gateway.sendText(text, {}, { token: other.accessToken })
      expect(response.code ?? 'OK').toBe(code)
    },
    60_000,
  )
})
