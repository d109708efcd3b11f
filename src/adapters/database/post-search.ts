import type { KeysetPage } from '../../core/connection.ts'
import type { Prisma } from '../../generated/sqlite/client.ts'
import type { PostRange } from './post-ranges.ts'

/** A search for posts of some ranges that have a word for each given one. */
export interface SearchSelection {
  readonly ranges: readonly PostRange[]
  readonly words: readonly string[]
}

/** How a database searches its index of words. Both return the same posts in the same order. */
export interface PostSearch {
  /** Selects the id of each post of a page. */
  selectPage(selection: SearchSelection, page: KeysetPage): Prisma.Sql
  /** Selects one row for each match, at most `limit`. */
  selectOnes(selection: SearchSelection, limit: number): Prisma.Sql
  /** Whether a statement failed because no post can match. */
  isNoMatch(error: unknown): boolean
}
