import { decodeCursor, type Position } from './cursor.ts'
import { badInput } from './errors.ts'

/** Arguments of a Relay connection. */
export interface ConnectionArguments {
  readonly first: number | null
  readonly after: string | null
  readonly last: number | null
  readonly before: string | null
}

/** One keyset page. */
export interface KeysetPage {
  /** `descending`: newest first. */
  readonly direction: 'ascending' | 'descending'
  /** Exclusive start, in the given direction. */
  readonly after: Position | null
  /** Exclusive end, in the given direction. */
  readonly before: Position | null
  /** Most rows, 1 to 101. */
  readonly limit: number
}

/** The rows of one page, in the list's order, and whether there are more on either side. */
export interface Slice<Row> {
  readonly rows: readonly Row[]
  readonly hasNextPage: boolean
  readonly hasPreviousPage: boolean
}

/** Most rows on one page. */
export const MAX_PAGE = 100
/** Rows on a page without `first` and `last`. */
export const DEFAULT_PAGE = 20

/**
 * Reads the requested page. Throws `BAD_USER_INPUT` for arguments out of range. Written by hand because
 * `graphql-relay` slices arrays by offset, and a page here is one statement.
 */
export async function readSlice<Row>(
  page: ConnectionArguments,
  order: KeysetPage['direction'],
  read: (page: KeysetPage) => Promise<readonly Row[]>,
): Promise<Slice<Row>> {
  const { limit, backward } = readPageSize(page)
  const found = await read(toKeysetPage(page, order, limit, backward))
  const hasMore = found.length > limit
  const rows = found.slice(0, limit)
  if (backward) rows.reverse()
  return {
    rows,
    hasNextPage: backward ? page.before !== null : hasMore,
    hasPreviousPage: backward ? hasMore : page.after !== null,
  }
}

function readPageSize({ first, last }: ConnectionArguments): { limit: number; backward: boolean } {
  if (first !== null && last !== null) {
    throw badInput({
      path: ['last'],
      code: 'EXACTLY_ONE',
      message: 'first and last must not be used together',
    })
  }
  const [argument, limit] =
    last === null ? (['first', first ?? DEFAULT_PAGE] as const) : (['last', last] as const)
  if (limit >= 1 && limit <= MAX_PAGE) return { limit, backward: argument === 'last' }
  throw badInput({
    path: [argument],
    code: 'OUT_OF_RANGE',
    message: `must be a whole number from 1 to ${MAX_PAGE}`,
  })
}

/**
 * A backward page reads the opposite direction from the other end. The extra row shows whether there are
 * more.
 */
function toKeysetPage(
  page: ConnectionArguments,
  order: KeysetPage['direction'],
  limit: number,
  backward: boolean,
): KeysetPage {
  const after = page.after === null ? null : decodeCursor(page.after, 'after')
  const before = page.before === null ? null : decodeCursor(page.before, 'before')
  return {
    direction: (order === 'descending') === !backward ? 'descending' : 'ascending',
    after: backward ? before : after,
    before: backward ? after : before,
    limit: limit + 1,
  }
}
