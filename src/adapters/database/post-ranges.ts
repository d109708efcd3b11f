import type { KeysetPage } from '../../core/connection.ts'
import { Prisma } from '../../generated/sqlite/client.ts'
import type { PostSelection } from '../../ports/posts.ts'
import { buildKeysetBounds, buildKeysetOrder } from './keyset.ts'

/** Posts of one state, of one author or of all (null): an index has them in order of time. */
export interface PostRange {
  readonly published: boolean
  readonly authorId: string | null
}

const KEYSET = { at: Prisma.sql`p.created_at`, id: Prisma.sql`p.id` }
const MERGED_KEYSET = { at: Prisma.sql`created_at`, id: Prisma.sql`id` }

/**
 * The ranges that make up a selection, without its search. Visibility is a choice of ranges, because as a
 * condition on one range it would read every draft of other authors.
 */
export function toRanges(selection: PostSelection): readonly PostRange[] {
  const { viewer, authorId, published } = selection
  const seesDrafts = viewer.isAdministrator || authorId === null || authorId === viewer.id
  return [
    ...(published === false ? [] : [{ published: true, authorId }]),
    ...(published === true || !seesDrafts
      ? []
      : [{ published: false, authorId: viewer.isAdministrator ? authorId : viewer.id }]),
  ]
}

/** SQL condition: the post is in one of the ranges. */
export function isInAny(ranges: readonly PostRange[]): Prisma.Sql {
  return Prisma.join(ranges.map(isInRange), ' OR ')
}

function isInRange({ published, authorId }: PostRange): Prisma.Sql {
  const state = published ? Prisma.sql`p.published = TRUE` : Prisma.sql`p.published = FALSE`
  return authorId === null ? state : Prisma.sql`${state} AND p.author_id = ${authorId}`
}

/**
 * Selects id and time of the posts of one page. Each range has the limit of the page, so that the merge
 * reads no more rows than twice a page. `conditions` must hold for each post.
 */
export function selectPage(
  ranges: readonly PostRange[],
  page: KeysetPage,
  conditions: readonly Prisma.Sql[] = [],
): Prisma.Sql {
  const selectRange = (range: PostRange) => {
    const where = Prisma.join([isInRange(range), ...buildKeysetBounds(KEYSET, page), ...conditions], ' AND ')
    return Prisma.sql`SELECT p.id, p.created_at FROM posts p WHERE ${where} ${buildKeysetOrder(KEYSET, page)}`
  }
  const [first, second] = ranges.map(selectRange)
  if (!first) return Prisma.sql`SELECT p.id, p.created_at FROM posts p WHERE 1 = 0`
  if (!second) return first
  return Prisma.sql`
    SELECT id, created_at FROM (${first}) AS first_range UNION ALL SELECT id, created_at FROM (${second}) AS second_range
    ${buildKeysetOrder(MERGED_KEYSET, page)}`
}

/** Selects one row for each post of the ranges, at most `limit`. */
export function selectOnes(ranges: readonly PostRange[], limit: number): Prisma.Sql {
  const ones = ranges.map((range) => Prisma.sql`SELECT 1 AS one FROM posts p WHERE ${isInRange(range)}`)
  if (ones.length === 0) return Prisma.sql`SELECT 1 AS one WHERE 1 = 0`
  return Prisma.sql`${Prisma.join(ones, ' UNION ALL ')} LIMIT ${limit}`
}
