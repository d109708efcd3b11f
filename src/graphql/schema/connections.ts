import './scalars.ts'
import { ArgsType, Field, Int, ObjectType } from 'type-graphql'
import type { Slice } from '../../core/connection.ts'
import { Access } from './access.ts'

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
@ObjectType('PageInfo', { description: 'Page information (Relay cursor connection).' })
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

/** Builds the page information of a slice with these edges. */
export function toPageInfo(slice: Slice<unknown>, edges: readonly { readonly cursor: string }[]): PageInfo {
  const { hasNextPage, hasPreviousPage } = slice
  const startCursor = edges[0]?.cursor ?? null
  return { hasNextPage, hasPreviousPage, startCursor, endCursor: edges.at(-1)?.cursor ?? null }
}
