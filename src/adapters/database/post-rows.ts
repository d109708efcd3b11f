import { Prisma } from '../../generated/sqlite/client.ts'
import type { Post as PostRow } from '../../generated/sqlite/client.ts'
import type { Post, PostParts, PostViewer } from '../../ports/posts.ts'
import type { UserStatus } from '../../ports/users.ts'
import { selectStatus } from './account-status.ts'

/** A post joined with the public fields of its author. */
export interface PostColumns extends PostRow {
  readonly authorName: string | null
  readonly authorStatus: UserStatus
  readonly authorCreatedAt: Date
}

const COLUMNS = Prisma.sql`p.id, p.title, p.published, p.created_at AS "createdAt", p.updated_at AS "updatedAt"`
const AUTHOR_COLUMNS = Prisma.sql`, p.author_id AS "authorId", u.full_name AS "authorName",
  ${selectStatus('u')} AS "authorStatus", u.created_at AS "authorCreatedAt"`

/** The columns of some parts of posts `p` and their authors `u`. */
export function selectParts({ content, author }: PostParts): Prisma.Sql {
  const contentColumn = content ? Prisma.sql`, p.content` : Prisma.empty
  return Prisma.sql`${COLUMNS}${contentColumn}${author ? AUTHOR_COLUMNS : Prisma.empty}`
}

/** All columns of a post `p` and of its author `u`. */
export const POST_COLUMNS = selectParts({ content: true, author: true })

/** SQL condition: the viewer may read the post `p`. */
export function isReadable({ id, isAdministrator }: PostViewer): Prisma.Sql {
  return isAdministrator ? Prisma.sql`TRUE` : Prisma.sql`(p.published = TRUE OR p.author_id = ${id})`
}

/** SQL condition: the viewer may change the post `p`. */
export function isChangeable({ id, isAdministrator }: PostViewer): Prisma.Sql {
  return isAdministrator ? Prisma.sql`TRUE` : Prisma.sql`p.author_id = ${id}`
}

/** The post of a row. */
export function toPost(row: PostColumns): Post {
  const { id, title, content, published, createdAt, updatedAt, authorId, authorName } = row
  const author = {
    id: authorId,
    fullName: authorName,
    status: row.authorStatus,
    createdAt: row.authorCreatedAt,
  }
  return { id, title, content, published, createdAt, updatedAt, author }
}
