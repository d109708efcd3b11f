import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { encodeCursor } from '../../core/cursor.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import { PageInfo, toPageInfo } from '../../graphql/schema/connections.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { PostAuthor, PostSelection } from '../../ports/posts.ts'
import type { PostSlice } from './post-service.ts'

/** GraphQL enum of post orders. */
export const PostOrderEnum = { NEWEST: 'NEWEST', OLDEST: 'OLDEST' } as const
registerEnumType(PostOrderEnum, {
  name: 'PostOrder',
  description: 'Order of posts.',
  valuesConfig: { NEWEST: { description: 'Newest first.' }, OLDEST: { description: 'Oldest first.' } },
})

@Access('signed-in')
@ObjectType('Post', { description: 'Post.' })
export class PostType {
  @Field(() => ID, { description: 'Post id.' })
  id!: string
  @Field(() => String, { description: 'Title, plain text.' })
  title!: string
  @Field(() => String, { description: 'Content in Markdown.' })
  content!: string
  @Field(() => Boolean, { description: 'Whether the post is published. Only its author can read a draft.' })
  published!: boolean
  /** Source of the field `author`, which the resolver converts for the viewer. */
  author!: PostAuthor
  @Field(() => DateTime, { description: 'Time of creation.' })
  createdAt!: Date
  @Field(() => DateTime, { description: 'Time of the last change.' })
  updatedAt!: Date
}

@Access('signed-in')
@ObjectType('PostEdge', { description: 'Edge of a `PostConnection`.' })
export class PostEdge {
  @Field(() => String, { description: 'Opaque cursor for `after` and `before`.' })
  cursor!: string
  @Field(() => PostType, { description: 'The post.' })
  node!: PostType
}

@Access('signed-in')
@ObjectType('PostConnection', { description: 'Page of posts (Relay cursor connection).' })
export class PostConnection {
  @Field(() => [PostEdge], { description: 'Posts with their cursors.' })
  edges!: PostEdge[]
  @Field(() => [PostType], { description: 'Posts without cursors.' })
  nodes!: PostType[]
  @Field(() => PageInfo, { description: 'Page information.' })
  pageInfo!: PageInfo
  /** The posts that the field `totalCount` counts. */
  selection!: PostSelection
}

/** Converts a page of posts. */
export function toPostConnection(slice: PostSlice): PostConnection {
  const edges = slice.rows.map((post) => ({
    cursor: encodeCursor({ at: post.createdAt, id: post.id }),
    node: post,
  }))
  const nodes = edges.map((edge) => edge.node)
  return { edges, nodes, pageInfo: toPageInfo(slice, edges), selection: slice.selection }
}

@InputType('PostFilter', { description: 'Filter of posts. All given conditions must match.' })
export class PostFilter {
  @Field(() => ID, { nullable: true, description: 'Id of the author.' })
  authorId?: string | null
  @Field(() => String, {
    nullable: true,
    description: 'Text in title or content, 1 to 200 characters. The case of A–Z is ignored.',
  })
  search?: string | null
  @Field(() => Boolean, {
    nullable: true,
    description: 'True: published posts. False: drafts of the caller.',
  })
  published?: boolean | null
}

@InputType('CreatePostInput', { description: 'Input of `createPost`.' })
export class CreatePostInput {
  @Field(() => String, { description: 'Title, plain text, 1 to 200 characters.' })
  title!: string
  @Field(() => String, { description: 'Content in Markdown, 1 to 20000 characters.' })
  content!: string
  @Field(() => Boolean, { defaultValue: true, description: 'Whether the post is published. False: a draft.' })
  published!: boolean
}

@InputType('UpdatePostInput', { description: 'Input of `updatePost`. Omitted fields are not changed.' })
export class UpdatePostInput {
  @Field(() => String, { nullable: true, description: 'Title, plain text, 1 to 200 characters.' })
  title?: string | null
  @Field(() => String, { nullable: true, description: 'Content in Markdown, 1 to 20000 characters.' })
  content?: string | null
  @Field(() => Boolean, { nullable: true, description: 'Whether the post is published. False: a draft.' })
  published?: boolean | null
}

@Access('owner')
@ObjectType('DeletePostPayload', { description: 'Result of `deletePost`.' })
export class DeletePostPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `POST_DELETED`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'Id of the deleted post.' })
  postId!: string
}
