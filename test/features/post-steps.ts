import { CreatePostDocument, UpdatePostDocument } from '../generated/graphql.ts'
import type { TestGateway } from '../support/gateway.ts'

/** A signed-in account. */
export type Person = Awaited<ReturnType<TestGateway['signUp']>>

/** A post as the gateway returns it. */
export type SeenPost = Awaited<ReturnType<typeof writePost>>

/** Creates a post. */
export async function writePost(
  gateway: TestGateway,
  { accessToken }: Person,
  { title = 'A title', content = 'Some content', published = true } = {},
) {
  return (await gateway.ask(CreatePostDocument, { input: { title, content, published } }, accessToken))
    .createPost
}

/** Tries to create a post. */
export function tryCreate(gateway: TestGateway, { accessToken }: Person, content = 'x') {
  const input = { title: 'A title', content, published: true }
  return gateway.send(CreatePostDocument, { input }, { token: accessToken })
}

/** Tries to change a post. */
export function tryUpdate(
  gateway: TestGateway,
  { accessToken }: Person,
  id: string,
  input: {
    title?: string
    content?: string
    published?: boolean
    expectedUpdatedAt?: string
  },
) {
  return gateway.send(UpdatePostDocument, { id, input }, { token: accessToken })
}

/** The counters of an account, and what they must be. */
export async function readStorage(gateway: TestGateway, id: string) {
  const bytes = gateway.environment['DATABASE_URL']?.startsWith('file:')
    ? 'length(CAST(title AS BLOB)) + length(CAST(content AS BLOB))'
    : 'octet_length(title) + octet_length(content)'
  const [counted] = await gateway.sql<{ count: unknown; bytes: unknown }>(
    `SELECT post_count AS count, post_bytes AS bytes FROM users WHERE id = '${id}'`,
  )
  const [stored] = await gateway.sql<{ count: unknown; bytes: unknown }>(
    `SELECT COUNT(*) AS count, COALESCE(SUM(${bytes}), 0) AS bytes FROM posts WHERE author_id = '${id}'`,
  )
  const toNumbers = (row: typeof counted) => ({ count: Number(row?.count), bytes: Number(row?.bytes) })
  return { counted: toNumbers(counted), stored: toNumbers(stored) }
}
