import './scalars.ts'
import { ArgsType, Field, Int, ObjectType } from 'type-graphql'
import type { Slice } from '../../core/connection.ts'
import { encodeCursor, type Position } from '../../core/cursor.ts'
import { Access } from './access.ts'
import { Cacheable } from './cacheable.ts'
import { Shareable } from './entity.ts'
import { PLAIN_FIELDS } from './plain-fields.ts'

/** Arguments of Relay connections. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of entries from the start, 1 to 100. Default without `last`: 20.',
  })
  first: number | null = null
  @Field(() => String, { nullable: true, description: 'Cursor: only entries after it.' })
  after: string | null = null
  @Field(() => Int, {
    nullable: true,
    description: 'Number of entries from the end, 1 to 100. Not together with `first`.',
  })
  last: number | null = null
  @Field(() => String, { nullable: true, description: 'Cursor: only entries before it.' })
  before: string | null = null
}

@Access('signed-in')
@Cacheable('account')
@Shareable()
@ObjectType('PageInfo', { ...PLAIN_FIELDS, description: 'Page information (Relay cursor connection).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are entries after this page.' })
  hasNextPage!: boolean
  @Field(() => Boolean, { description: 'Whether there are entries before this page.' })
  hasPreviousPage!: boolean
  @Field(() => String, { nullable: true, description: 'Cursor of the first entry of the page.' })
  startCursor!: string | null
  @Field(() => String, { nullable: true, description: 'Cursor of the last entry of the page.' })
  endCursor!: string | null
}

/** An entry of a list with its cursor. */
export interface Edge<Node> {
  readonly cursor: string
  readonly node: Node
}

/** The fields of a Relay connection. */
export interface Connection<Node> {
  readonly edges: Edge<Node>[]
  readonly nodes: Node[]
  readonly pageInfo: PageInfo
}

/** Converts a slice. Cursors are made when they are read: most requests need one of a page's twenty. */
export function toConnection<Row, Node>(
  slice: Slice<Row>,
  toPosition: (row: Row) => Position,
  toNode: (row: Row) => Node,
): Connection<Node> {
  const { rows, hasNextPage, hasPreviousPage } = slice
  const toCursor = (row: Row | undefined) => (row === undefined ? null : encodeCursor(toPosition(row)))
  const nodes = rows.map(toNode)
  return {
    nodes,
    get edges() {
      return rows.map((row, index) => toEdge(() => encodeCursor(toPosition(row)), nodes[index] as Node))
    },
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      get startCursor() {
        return toCursor(rows[0])
      },
      get endCursor() {
        return toCursor(rows.at(-1))
      },
    },
  }
}

function toEdge<Node>(encode: () => string, node: Node): Edge<Node> {
  return {
    node,
    get cursor() {
      return encode()
    },
  }
}
