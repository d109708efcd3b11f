import type { KeysetPage } from '../../core/connection.ts'
import type { Position } from '../../core/cursor.ts'
import { Prisma } from '../../generated/sqlite/client.ts'

/** The columns that a list is ordered by. */
export interface KeysetColumns {
  readonly at: Prisma.Sql
  readonly id: Prisma.Sql
}

/**
 * Conditions that limit a list to one page. They are not a row comparison, so that both databases use the
 * index on the two columns, and not Prisma's `cursor`, which needs the cursor's row to exist and cannot be
 * used in raw statements.
 */
export function buildKeysetBounds(
  columns: KeysetColumns,
  { direction, after, before }: KeysetPage,
): Prisma.Sql[] {
  const compare = (operator: Prisma.Sql, { at, id }: Position) =>
    Prisma.sql`(${columns.at} ${operator} ${at} OR (${columns.at} = ${at} AND ${columns.id} ${operator} ${id}))`
  const [earlier, later] = [Prisma.sql`<`, Prisma.sql`>`]
  const [afterStart, beforeEnd] = direction === 'descending' ? [earlier, later] : [later, earlier]
  return [...(after ? [compare(afterStart, after)] : []), ...(before ? [compare(beforeEnd, before)] : [])]
}

/** Order and limit of one page. */
export function buildKeysetOrder({ at, id }: KeysetColumns, { direction, limit }: KeysetPage): Prisma.Sql {
  const order = direction === 'descending' ? Prisma.sql`DESC` : Prisma.sql`ASC`
  return Prisma.sql`ORDER BY ${at} ${order}, ${id} ${order} LIMIT ${limit}`
}
