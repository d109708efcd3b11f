import { Prisma } from '../../generated/sqlite/client.ts'
import type { Post as PostRow } from '../../generated/sqlite/client.ts'
import type { Post, PostAuthor, PostSelection, Posts } from '../../ports/posts.ts'
import type { Database } from './database.ts'
import { buildKeysetBounds, buildKeysetOrder } from './keyset.ts'
import { toUserStatus } from './rows.ts'

/** A post joined with the public fields of its author. */
interface JoinedRow extends PostRow {
  readonly authorName: string | null
  readonly authorStatus: string
  readonly authorCreatedAt: Date
}

const COLUMNS = Prisma.sql`p.id, p.author_id AS "authorId", p.title, p.content, p.published, p.created_at AS "createdAt",
  p.updated_at AS "updatedAt", u.full_name AS "authorName", u.status AS "authorStatus", u.created_at AS "authorCreatedAt"`

/** The public fields of an author in a model query. */
const AUTHOR_FIELDS = { id: true, fullName: true, status: true, createdAt: true } as const

const KEYSET = { at: Prisma.sql`p.created_at`, id: Prisma.sql`p.id` }

/** Posts in SQL. A list is one statement that includes the authors. */
export function createPosts(database: Database): Posts {
  const { run, dialect } = database
  const like = dialect === 'postgresql' ? Prisma.sql`ILIKE` : Prisma.sql`LIKE`

  function buildConditions({ viewerId, authorId, search, published }: PostSelection): Prisma.Sql {
    const conditions = [Prisma.sql`(p.published = TRUE OR p.author_id = ${viewerId})`]
    if (authorId !== null) conditions.push(Prisma.sql`p.author_id = ${authorId}`)
    if (published !== null) conditions.push(Prisma.sql`p.published = ${published}`)
    if (search !== null) {
      const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`
      conditions.push(
        Prisma.sql`(p.title ${like} ${pattern} ESCAPE '\\' OR p.content ${like} ${pattern} ESCAPE '\\')`,
      )
    }
    return Prisma.join(conditions, ' AND ')
  }

  async function select(where: Prisma.Sql, rest: Prisma.Sql): Promise<Post[]> {
    const rows = await run(
      (prisma) =>
        prisma.$queryRaw<
          JoinedRow[]
        >`SELECT ${COLUMNS} FROM posts p JOIN users u ON u.id = p.author_id WHERE ${where} ${rest}`,
    )
    return rows.map(toPost)
  }

  async function find(id: string, viewerId: string): Promise<Post | null> {
    const visible = Prisma.sql`p.id = ${id} AND (p.published = TRUE OR p.author_id = ${viewerId})`
    return (await select(visible, Prisma.empty))[0] ?? null
  }

  return {
    find,

    list(selection, page) {
      const where = Prisma.join([buildConditions(selection), ...buildKeysetBounds(KEYSET, page)], ' AND ')
      return select(where, buildKeysetOrder(KEYSET, page))
    },

    async count(selection) {
      const rows = await run(
        (prisma) =>
          prisma.$queryRaw<
            { total: bigint | number }[]
          >`SELECT COUNT(*) AS total FROM posts p WHERE ${buildConditions(selection)}`,
      )
      return Number(rows[0]?.total ?? 0)
    },

    async create({ id, authorId, title, content, published, now }) {
      const data = { id, authorId, title, content, published, createdAt: now, updatedAt: now }
      const {
        author,
        authorId: _,
        ...post
      } = await run((prisma) => prisma.post.create({ data, include: { author: { select: AUTHOR_FIELDS } } }))
      return { ...post, author: toAuthor(author) }
    },

    async update(id, authorId, change, now) {
      const { count } = await run((prisma) =>
        prisma.post.updateMany({
          where: { id: { equals: id }, authorId: { equals: authorId } },
          data: { ...change, updatedAt: now },
        }),
      )
      return count === 1 ? find(id, authorId) : null
    },

    async delete(id, authorId) {
      return (
        (
          await run((prisma) =>
            prisma.post.deleteMany({ where: { id: { equals: id }, authorId: { equals: authorId } } }),
          )
        ).count === 1
      )
    },
  }
}

function toPost(row: JoinedRow): Post {
  const { id, title, content, published, createdAt, updatedAt, authorId, authorName } = row
  const author = {
    id: authorId,
    fullName: authorName,
    status: row.authorStatus,
    createdAt: row.authorCreatedAt,
  }
  return { id, title, content, published, createdAt, updatedAt, author: toAuthor(author) }
}

function toAuthor({
  status,
  ...author
}: Omit<PostAuthor, 'status'> & { readonly status: string }): PostAuthor {
  return { ...author, status: toUserStatus(status) }
}
