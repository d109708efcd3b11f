import { AuthError } from '../../core/errors.ts'
import { Prisma } from '../../generated/sqlite/client.ts'
import type { Post, PostChange, PostQuota, PostReference, Posts, RefusedWrite } from '../../ports/posts.ts'
import { createBulkhead, throwUnavailable } from '../resilience/bulkhead.ts'
import type { Database } from './database.ts'
import { isChangeable, POST_COLUMNS, toPost, type PostColumns } from './post-rows.ts'

/** The post after the write, if it exists, and what the posts of its author take. */
interface WrittenRow extends PostColumns {
  readonly postCount: number
}

/** The statements of a write. */
interface Write {
  readonly lock: Prisma.Sql
  readonly statement: Prisma.Sql
  readonly read: Prisma.Sql
}

/**
 * One write of one account at a time, on each node: others would hold connections while they wait for the
 * lock, and reach the time limit of their statement under load. A write ends by the limits of its own
 * statements, so the queue is given up only when several in a row have reached them.
 */
const WRITERS = {
  maxQueued: 2000,
  stallTimeoutMs: 5000,
  share: { concurrency: 1, maxQueued: 500 },
} as const

/**
 * Writes of posts in SQL. Each is one transaction: it locks the account of the author, writes under its
 * conditions, and reads the post, which also says which condition has failed. The lock orders the writes of
 * one author, so that two of them cannot both take the rest of the quota; triggers keep the counters of the
 * account.
 */
export function createPostChanges({
  runFor,
  dialect,
  connections,
}: Database): Pick<Posts, 'create' | 'update' | 'delete'> {
  const isPostgresql = dialect === 'postgresql'
  // A transaction on SQLite holds the only write lock from its start.
  const forUpdate = isPostgresql ? Prisma.sql`FOR NO KEY UPDATE` : Prisma.empty

  const writers = createBulkhead({ ...WRITERS, concurrency: connections })

  /** Runs the write between the lock and the read. Returns whether it was written and what was read. */
  async function write<Row>(writerId: string, { lock, statement, read }: Write) {
    const transact = () =>
      runFor(writerId, (prisma) =>
        prisma.$transaction([
          prisma.$queryRaw(lock),
          prisma.$executeRaw(statement),
          prisma.$queryRaw<Row[]>(read),
        ]),
      )
    const [, count, [row]] = await writers.run(transact, writerId).catch(throwUnavailable)
    return { isWritten: count === 1, row }
  }

  /** Locks the author's account, if the viewer may change the post: others must not delay the author. */
  function lockAuthor({ id, viewer }: PostReference): Prisma.Sql {
    return Prisma.sql`
      SELECT id FROM users WHERE id IN (SELECT p.author_id FROM posts p WHERE p.id = ${id} AND ${isChangeable(viewer)})
      ${forUpdate}`
  }

  return {
    async create(post, quota) {
      const { id, authorId, title, content, published, now } = post
      const lock = Prisma.sql`SELECT id FROM users WHERE id = ${authorId} ${forUpdate}`
      const statement = Prisma.sql`
        INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at)
        SELECT ${id}, u.id, ${title}, ${content}, ${published}, ${now}, ${now} FROM users u
        WHERE u.id = ${authorId} AND u.post_count < ${quota.posts} AND u.post_bytes + ${countBytes(post)} <= ${quota.bytes}`
      const read = Prisma.sql`
        SELECT ${POST_COLUMNS}, u.post_count AS "postCount" FROM users u LEFT JOIN posts p ON p.id = ${id}
        WHERE u.id = ${authorId}`
      const { isWritten, row } = await write<WrittenRow>(authorId, { lock, statement, read })
      // As for a foreign key of any other row: the account was deleted while its request was processed.
      if (!row) throw new AuthError('UNAUTHENTICATED', { reason: 'TOKEN_INVALID' })
      if (isWritten) return { kind: 'written', post: toPost(row) }
      return { kind: 'full', of: row.postCount < quota.posts ? 'bytes' : 'posts' }
    },

    async update(reference, change, quota, now) {
      const statement = Prisma.sql`
        UPDATE posts AS p SET ${assign(change)}, updated_at = ${raiseVersion(isPostgresql, now)}
        WHERE ${isExpected(reference)} AND ${hasRoom(change, quota)}`
      const { isWritten, row } = await write<PostColumns>(reference.viewer.id, {
        lock: lockAuthor(reference),
        statement,
        read: selectPost(reference),
      })
      if (isWritten && row) return { kind: 'written', post: toPost(row) }
      return explainRefusal(reference, row) ?? { kind: 'full', of: 'bytes' }
    },

    async delete(reference) {
      const statement = Prisma.sql`DELETE FROM posts AS p WHERE ${isExpected(reference)}`
      const { isWritten, row } = await write<PostColumns>(reference.viewer.id, {
        lock: lockAuthor(reference),
        statement,
        read: selectPost(reference),
      })
      return isWritten ? { kind: 'deleted' } : (explainRefusal(reference, row) ?? { kind: 'missing' })
    },
  }
}

/** Which condition of a write has failed; null: neither the reference nor its version. */
function explainRefusal(
  { expectedUpdatedAt }: PostReference,
  row: PostColumns | undefined,
): RefusedWrite | null {
  if (!row) return { kind: 'missing' }
  const current: Post = toPost(row)
  const isStale = expectedUpdatedAt !== null && expectedUpdatedAt.getTime() !== current.updatedAt.getTime()
  return isStale ? { kind: 'stale', current } : null
}

/** SQL condition: `p` is the post, the viewer may change it, and it has the expected version. */
function isExpected({ id, viewer, expectedUpdatedAt }: PostReference): Prisma.Sql {
  const version =
    expectedUpdatedAt === null ? Prisma.sql`TRUE` : Prisma.sql`p.updated_at = ${expectedUpdatedAt}`
  return Prisma.sql`p.id = ${id} AND ${isChangeable(viewer)} AND ${version}`
}

function selectPost({ id, viewer }: PostReference): Prisma.Sql {
  return Prisma.sql`
    SELECT ${POST_COLUMNS} FROM posts p JOIN users u ON u.id = p.author_id
    WHERE p.id = ${id} AND ${isChangeable(viewer)}`
}

/** SQL assignments of the given fields. */
function assign({ title, content, published }: PostChange): Prisma.Sql {
  return Prisma.sql`title = ${title === undefined ? Prisma.sql`title` : title},
    content = ${content === undefined ? Prisma.sql`content` : content},
    published = ${published === undefined ? Prisma.sql`published` : published}`
}

/**
 * SQL expression: the new `updated_at`. It rises even if the clock stands still or was set back, so that two
 * versions of a post never have the same.
 */
function raiseVersion(isPostgresql: boolean, now: Date): Prisma.Sql {
  return isPostgresql
    ? Prisma.sql`GREATEST(CAST(${now} AS TIMESTAMP(3)), p.updated_at + INTERVAL '1 millisecond')`
    : Prisma.sql`MAX(${now}, strftime('%Y-%m-%dT%H:%M:%f+00:00', p.updated_at, '+0.001 seconds'))`
}

/** SQL condition: the post does not grow, or its author has room for what it grows by. */
function hasRoom(change: PostChange, { bytes }: PostQuota): Prisma.Sql {
  const fields = [
    change.title === undefined ? null : { column: Prisma.sql`p.title`, text: change.title },
    change.content === undefined ? null : { column: Prisma.sql`p.content`, text: change.content },
  ].filter((field) => field !== null)
  if (fields.length === 0) return Prisma.sql`TRUE`
  const growth = Prisma.join(
    fields.map(({ column, text }) => Prisma.sql`${Buffer.byteLength(text)} - octet_length(${column})`),
    ' + ',
  )
  return Prisma.sql`(${growth} <= 0
    OR (SELECT u.post_bytes FROM users u WHERE u.id = p.author_id) + ${growth} <= ${bytes})`
}

function countBytes({ title, content }: { readonly title: string; readonly content: string }): number {
  return Buffer.byteLength(title) + Buffer.byteLength(content)
}
