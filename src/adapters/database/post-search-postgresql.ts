import type { KeysetPage } from '../../core/connection.ts'
import { Prisma } from '../../generated/sqlite/client.ts'
import { buildKeysetBounds, buildKeysetOrder } from './keyset.ts'
import { selectPage as selectRangePage, type PostRange } from './post-ranges.ts'
import type { PostSearch, SearchSelection } from './post-search.ts'

/**
 * Most matches that are sorted. Where a search has more, its words are so frequent that a page is found
 * soon by reading posts in order of time.
 */
const MAX_SORTED = 1000

const KEYSET = { at: Prisma.sql`created_at`, id: Prisma.sql`id` }

/** Search in a GIN index, which has no order. */
export const POSTGRESQL_SEARCH: PostSearch = {
  selectPage(selection, page) {
    const query = toQuery(selection)
    // CASE: of a condition that it cannot analyse, the planner expects many matches, and reads posts in
    // order of time until the page is full.
    const walked = selectRangePage(selection.ranges, page, [
      Prisma.sql`(SELECT too_many FROM found) AND CASE WHEN p.search_words @@ ${query} THEN TRUE ELSE FALSE END`,
    ])
    return Prisma.sql`
      WITH matches AS MATERIALIZED (
        SELECT id, created_at FROM posts WHERE search_words @@ ${query} LIMIT ${MAX_SORTED + 1}),
      found AS MATERIALIZED (SELECT COUNT(*) > ${MAX_SORTED} AS too_many FROM matches)
      SELECT id FROM (${selectSorted(page)}) AS sorted UNION ALL SELECT id FROM (${walked}) AS walked`
  },

  selectOnes: (selection, limit) =>
    Prisma.sql`SELECT 1 AS one FROM posts WHERE search_words @@ ${toQuery(selection)} LIMIT ${limit}`,

  isNoMatch: () => false,
}

function selectSorted(page: KeysetPage): Prisma.Sql {
  const conditions = [Prisma.sql`NOT (SELECT too_many FROM found)`, ...buildKeysetBounds(KEYSET, page)]
  return Prisma.sql`SELECT id FROM matches WHERE ${Prisma.join(conditions, ' AND ')} ${buildKeysetOrder(KEYSET, page)}`
}

/** SQL expression of type `tsquery`. The database divides the words, as it divided the stored texts. */
function toQuery({ ranges, words }: SearchSelection): Prisma.Sql {
  const isInRanges = ranges.map((range) => `(${toMarks(range).map(quote).join(' & ')})`).join(' | ')
  return Prisma.sql`(${isInRanges}::tsquery && build_search_query(${words.join(' ')}))`
}

function toMarks({ published, authorId }: PostRange): string[] {
  const state = published ? '!published' : '!draft'
  return authorId === null ? [state] : [state, `!author ${authorId}`]
}

/** A text as one lexeme of `tsquery`. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, '$&$&')}'`
}
