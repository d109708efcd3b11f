import './scalars.ts'
import { ArgsType, Field, Int, ObjectType } from 'type-graphql'
import type { Slice } from '../../core/connection.ts'
import { Access } from './access.ts'

/** Arguments of every Relay connection. */
@ArgsType()
export class PageArguments {
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the start, 1 to 100; 20 when neither this nor `last` is given.',
  })
  first: number | null = null
  @Field(() => String, { nullable: true, description: 'Only what follows this cursor.' })
  after: string | null = null
  @Field(() => Int, {
    nullable: true,
    description: 'How many from the end, 1 to 100; not together with `first`.',
  })
  last: number | null = null
  @Field(() => String, { nullable: true, description: 'Only what precedes this cursor.' })
  before: string | null = null
}

@Access('signed-in')
@ObjectType('PageInfo', { description: 'Relay page information.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follows this page.' })
  hasNextPage!: boolean
  @Field(() => Boolean, { description: 'Whether something precedes this page.' })
  hasPreviousPage!: boolean
  @Field(() => String, { nullable: true, description: 'Cursor of the first entry of the page.' })
  startCursor!: string | null
  @Field(() => String, { nullable: true, description: 'Cursor of the last entry of the page.' })
  endCursor!: string | null
}

/** What lies beyond a page with these edges. */
export function toPageInfo(slice: Slice<unknown>, edges: readonly { readonly cursor: string }[]): PageInfo {
  const { hasNextPage, hasPreviousPage } = slice
  const startCursor = edges[0]?.cursor ?? null
  return { hasNextPage, hasPreviousPage, startCursor, endCursor: edges.at(-1)?.cursor ?? null }
}
