import { Prisma } from '../../generated/sqlite/client.ts'
import { MAX_COUNTED, type Posts, type PostViewer } from '../../ports/posts.ts'
import type { Database } from './database.ts'
import { matchValues } from './json-rows.ts'
import { buildOrder } from './keyset.ts'
import { parsePage, selectPageJson } from './post-json.ts'
import { isInAny, selectOnes, selectPage, toRanges } from './post-ranges.ts'
import { isReadable, POST_COLUMNS, selectParts, toPost, type PostColumns } from './post-rows.ts'
import type { ReadReplica } from './read-replica.ts'
import { POSTGRESQL_SEARCH } from './post-search-postgresql.ts'
import { SQLITE_SEARCH } from './post-search-sqlite.ts'

const KEYSET = { at: Prisma.sql`p.created_at`, id: Prisma.sql`p.id` }
/** The table of authors, and the condition that joins it. */
const AUTHORS = [Prisma.sql`CROSS JOIN users u`, Prisma.sql`u.id = p.author_id`] as const

/** Reads posts in SQL. A list is one statement that includes the authors. */
export function createPostLists(
  { runFor, dialect }: Database,
  replica: ReadReplica | null = null,
): Pick<Posts, 'find' | 'findSome' | 'list' | 'count'> {
  const search = dialect === 'postgresql' ? POSTGRESQL_SEARCH : SQLITE_SEARCH

  const query = (viewer: PostViewer, statement: Prisma.Sql) =>
    runFor(viewer.id, (prisma) => prisma.$queryRaw<PostColumns[]>(statement))

  /** One column `json`: of the replica, if it has everything up to the position. Null without a match. */
  async function readJson(
    { id }: PostViewer,
    statement: Prisma.Sql,
    position?: string | null,
  ): Promise<string | null> {
    const rows =
      position == null ? null : await replica?.read<{ json: string | null }>(id, statement, position)
    if (rows) return rows[0]?.json ?? null
    try {
      const [json = null] = await runFor(id, (_prisma, queryTexts) => queryTexts(statement))
      return json
    } catch (error) {
      if (search.isNoMatch(error)) return null
      throw error
    }
  }

  return {
    async find(id, viewer) {
      const [row] = await query(
        viewer,
        Prisma.sql`
          SELECT ${POST_COLUMNS} FROM posts p JOIN users u ON u.id = p.author_id
          WHERE p.id = ${id} AND ${isReadable(viewer)}`,
      )
      return row ? toPost(row) : null
    },

    async findSome(ids, viewer) {
      if (ids.length === 0) return []
      const rows = await query(
        viewer,
        Prisma.sql`
          SELECT ${POST_COLUMNS} FROM posts p JOIN users u ON u.id = p.author_id
          WHERE ${matchValues(dialect, Prisma.sql`p.id`, ids)} AND ${isReadable(viewer)}`,
      )
      return rows.map(toPost)
    },

    async list(selection, page, parts, position) {
      const ranges = toRanges(selection)
      const { words, viewer } = selection
      if (ranges.length === 0) return []
      const keys = words === null ? selectPage(ranges, page) : search.selectPage({ ranges, words }, page)
      // An index of words is not trusted with what the caller may see. IS TRUE: no range to be read.
      const isVisible = words === null ? Prisma.sql`TRUE` : Prisma.sql`(${isInAny(ranges)}) IS TRUE`
      const [authors, isAuthor] = parts.author ? AUTHORS : [Prisma.empty, Prisma.sql`TRUE`]
      // CROSS JOIN: SQLite reads the keys first.
      const rows = Prisma.sql`
        SELECT ${selectParts(parts)} FROM (${keys}) AS k CROSS JOIN posts p ${authors}
        WHERE p.id = k.id AND ${isAuthor} AND ${isVisible}
        ${buildOrder(KEYSET, page)}`
      const statement = selectPageJson(dialect, rows, parts)
      return parsePage(dialect, await readJson(viewer, statement, position))
    },

    async count(selection, position) {
      const ranges = toRanges(selection)
      const { words, viewer } = selection
      if (ranges.length === 0) return { total: 0, isExact: true }
      const limit = MAX_COUNTED + 1
      const ones = words === null ? selectOnes(ranges, limit) : search.selectOnes({ ranges, words }, limit)
      const statement = Prisma.sql`SELECT CAST(COUNT(*) AS TEXT) AS json FROM (${ones}) AS counted`
      const found = Number((await readJson(viewer, statement, position)) ?? 0)
      return { total: Math.min(found, MAX_COUNTED), isExact: found <= MAX_COUNTED }
    },
  }
}
