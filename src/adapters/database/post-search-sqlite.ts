import type { KeysetPage } from '../../core/connection.ts'
import type { Position } from '../../core/cursor.ts'
import { Prisma } from '../../generated/sqlite/client.ts'
import type { PostRange } from './post-ranges.ts'
import type { PostSearch, SearchSelection } from './post-search.ts'

/** Starts the words for state and author in the index; the indexed texts do not contain it. */
const MARK = '\u{E000}'
/** Bits of a post's number below the millisecond of its creation (see the migration post_lists). */
const COUNTER_BITS = 20
/** Above every number. */
const MAX_NUMBER = Prisma.sql`9223372036854775807`

/**
 * Search in an FTS5 table, whose row ids are the numbers of posts. FTS5 walks its matches in this order, so a
 * page reads about as many of them as it has posts.
 */
export const SQLITE_SEARCH: PostSearch = {
  selectPage(selection, page) {
    const isMatch = buildMatch(selection, page)
    const matches = Prisma.sql`FROM post_search s JOIN post_search_keys k ON k.number = s.rowid WHERE ${isMatch}`
    const order = page.direction === 'descending' ? Prisma.sql`DESC` : Prisma.sql`ASC`
    // Posts of the same millisecond are ordered by id, as in every list: the page ends with the last of the
    // millisecond that its last post is of, before it is sorted and limited.
    const last = Prisma.sql`
      (SELECT s.rowid >> ${COUNTER_BITS} ${matches} ORDER BY s.rowid ${order} LIMIT 1 OFFSET ${page.limit - 1})`
    const bound =
      page.direction === 'descending'
        ? Prisma.sql`s.rowid >= COALESCE(${last} << ${COUNTER_BITS}, 0)`
        : Prisma.sql`s.rowid < COALESCE((${last} + 1) << ${COUNTER_BITS}, ${MAX_NUMBER})`
    return Prisma.sql`
      SELECT k.post_id AS id ${matches} AND ${bound}
      ORDER BY s.rowid >> ${COUNTER_BITS} ${order}, k.post_id ${order} LIMIT ${page.limit}`
  },

  selectOnes: (selection, limit) =>
    Prisma.sql`SELECT 1 AS one FROM post_search WHERE post_search MATCH ${toQuery(selection)} LIMIT ${limit}`,

  // A letter that FTS5's Unicode tables lack divides a word into a phrase. No indexed word has such a letter.
  isNoMatch: (error) => String(error).includes('fts5: phrase queries are not supported'),
}

/** SQL condition for rows `s` of the index and `k` of the numbers: a match within the page's bounds. */
function buildMatch(selection: SearchSelection, { direction, after, before }: KeysetPage): Prisma.Sql {
  const [earliest, latest] = direction === 'descending' ? [before, after] : [after, before]
  return Prisma.join(
    [
      Prisma.sql`post_search MATCH ${toQuery(selection)}`,
      ...(earliest ? [isLater(earliest)] : []),
      ...(latest ? [isEarlier(latest)] : []),
    ],
    ' AND ',
  )
}

function isLater({ at, id }: Position): Prisma.Sql {
  const ms = at.getTime()
  return Prisma.sql`s.rowid >= ${ms} << ${COUNTER_BITS} AND (s.rowid >= ${ms + 1} << ${COUNTER_BITS} OR k.post_id > ${id})`
}

function isEarlier({ at, id }: Position): Prisma.Sql {
  const ms = at.getTime()
  return Prisma.sql`s.rowid < ${ms + 1} << ${COUNTER_BITS} AND (s.rowid < ${ms} << ${COUNTER_BITS} OR k.post_id < ${id})`
}

/** The query in the language of FTS5. Quoted texts have no operators, and words contain no quotes. */
function toQuery({ ranges, words }: SearchSelection): string {
  const isInRanges = ranges.map((range) => `(${toMarks(range).join(' AND ')})`).join(' OR ')
  return [`(${isInRanges})`, ...words.map((word) => `"${word}" *`)].join(' AND ')
}

function toMarks({ published, authorId }: PostRange): string[] {
  const state = `"${MARK}${published ? 'published' : 'draft'}"`
  return authorId === null ? [state] : [state, `"${MARK}author${Buffer.from(authorId).toString('hex')}"`]
}
