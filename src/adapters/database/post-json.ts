import { Prisma } from '../../generated/sqlite/client.ts'
import type { ListedPost, PostAuthor, PostParts } from '../../ports/posts.ts'
import type { UserStatus } from '../../ports/users.ts'
import type { Dialect } from './database.ts'
import { parseRows, parseTime, selectJson } from './json-rows.ts'

/** The columns of a row by their names in JSON. A part that was not read is absent. */
interface JsonRow {
  readonly id: string
  readonly title: string
  /** SQLite: 0 or 1. */
  readonly published: boolean | number
  readonly createdAt: string
  readonly updatedAt: string
  readonly content?: string
  readonly authorId?: string
  readonly authorName?: string | null
  readonly authorStatus?: UserStatus
  readonly authorCreatedAt?: string
}

const MEMBERS = Prisma.sql`'id', id, 'title', title, 'published', published, 'createdAt', "createdAt", 'updatedAt', "updatedAt"`
const AUTHOR_MEMBERS = Prisma.sql`, 'authorId', "authorId", 'authorName', "authorName", 'authorStatus', "authorStatus",
  'authorCreatedAt', "authorCreatedAt"`

/** Selects ordered rows with these columns as one text. */
export function selectPageJson(
  dialect: Dialect,
  rows: Prisma.Sql,
  { content, author }: PostParts,
): Prisma.Sql {
  const contentMember = content ? Prisma.sql`, 'content', content` : Prisma.empty
  const members = Prisma.sql`${MEMBERS}${contentMember}${author ? AUTHOR_MEMBERS : Prisma.empty}`
  return selectJson(dialect, members, rows)
}

/** The posts of a page. `page`: null for no rows. */
export function parsePage(dialect: Dialect, page: string | null): ListedPost[] {
  const toDate = (text: string) => parseTime(dialect, text)
  return parseRows<JsonRow>(page).map((row) => ({
    id: row.id,
    title: row.title,
    content: row.content ?? null,
    published: Boolean(row.published),
    createdAt: toDate(row.createdAt),
    updatedAt: toDate(row.updatedAt),
    author: toAuthor(row, toDate),
  }))
}

function toAuthor(row: JsonRow, toDate: (text: string) => Date): PostAuthor | null {
  const { authorId, authorName = null, authorStatus, authorCreatedAt } = row
  if (authorId === undefined || authorStatus === undefined || authorCreatedAt === undefined) return null
  return { id: authorId, fullName: authorName, status: authorStatus, createdAt: toDate(authorCreatedAt) }
}
