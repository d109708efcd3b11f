import type { KeysetPage } from '../../core/connection.ts'
import type { Position } from '../../core/cursor.ts'
import { Prisma } from '../../generated/sqlite/client.ts'

/** The columns that a list is ordered by. */
export interface KeysetColumns {
  readonly at: Prisma.Sql
  readonly id: Prisma.Sql
}

/**
 * Conditions that hold a list to one page. Written out rather than as a row comparison, so that both databases use the index
 * on the two columns.
 */
export function keysetBounds(columns: KeysetColumns, { direction, after, before }: KeysetPage): Prisma.Sql[] {
  const beside = (operator: Prisma.Sql, { at, id }: Position) =>
    Prisma.sql`(${columns.at} ${operator} ${at} OR (${columns.at} = ${at} AND ${columns.id} ${operator} ${id}))`
  const [earlier, later] = [Prisma.sql`<`, Prisma.sql`>`]
  const [beyond, short] = direction === 'descending' ? [earlier, later] : [later, earlier]
  return [...(after ? [beside(beyond, after)] : []), ...(before ? [beside(short, before)] : [])]
}

/** Order and length of one page. */
export function keysetOrder({ at, id }: KeysetColumns, { direction, limit }: KeysetPage): Prisma.Sql {
  const order = direction === 'descending' ? Prisma.sql`DESC` : Prisma.sql`ASC`
  return Prisma.sql`ORDER BY ${at} ${order}, ${id} ${order} LIMIT ${limit}`
}
