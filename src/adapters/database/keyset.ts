import type { KeysetPage } from '../../core/connection.ts'
import type { Position } from '../../core/cursor.ts'
import { Prisma } from '../../generated/sqlite/client.ts'

/** The columns that a list is ordered by. */
export interface KeysetColumns {
  readonly at: Prisma.Sql
  readonly id: Prisma.Sql
}

/**
 * Conditions that limit a list to one page. They are row comparisons, from which both databases make the
 * bounds of one range of an index: page 2,000 reads as many rows as page 1. The same condition with OR is a
 * filter over all rows before the page. Prisma's `cursor` needs the cursor's row to exist, and cannot be used
 * in raw statements.
 */
export function buildKeysetBounds(
  columns: KeysetColumns,
  { direction, after, before }: KeysetPage,
): Prisma.Sql[] {
  const compare = (operator: Prisma.Sql, { at, id }: Position) =>
    Prisma.sql`(${columns.at}, ${columns.id}) ${operator} (${at}, ${id})`
  const [earlier, later] = [Prisma.sql`<`, Prisma.sql`>`]
  const [afterStart, beforeEnd] = direction === 'descending' ? [earlier, later] : [later, earlier]
  return [...(after ? [compare(afterStart, after)] : []), ...(before ? [compare(beforeEnd, before)] : [])]
}

/** Order and limit of one page. */
export function buildKeysetOrder(columns: KeysetColumns, page: KeysetPage): Prisma.Sql {
  return Prisma.sql`${buildOrder(columns, page)} LIMIT ${page.limit}`
}

/** Order of a page that has its limit elsewhere. */
export function buildOrder(
  { at, id }: KeysetColumns,
  { direction }: Pick<KeysetPage, 'direction'>,
): Prisma.Sql {
  const order = direction === 'descending' ? Prisma.sql`DESC` : Prisma.sql`ASC`
  return Prisma.sql`ORDER BY ${at} ${order}, ${id} ${order}`
}
