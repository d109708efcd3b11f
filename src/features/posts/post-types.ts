import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import { encodeCursor } from '../../core/cursor.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Access } from '../../graphql/schema/access.ts'
import { PageInfo, toPageInfo } from '../../graphql/schema/connections.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { Post, PostSelection } from '../../ports/posts.ts'
import { UserType, toUserView } from '../users/user-types.ts'
import type { PostSlice } from './post-service.ts'

/** GraphQL enum of post orders. */
export const PostOrderEnum = { NEWEST: 'NEWEST', OLDEST: 'OLDEST' } as const
registerEnumType(PostOrderEnum, {
  name: 'PostOrder',
  description: 'Order of posts.',
  valuesConfig: { NEWEST: { description: 'Newest first.' }, OLDEST: { description: 'Oldest first.' } },
})

@Access('signed-in')
@ObjectType('Post', { description: 'A post.' })
export class PostType {
  @Field(() => ID, { description: 'Stable identifier.' })
  id!: string
  @Field(() => String, { description: 'Plain text.' })
  title!: string
  @Field(() => String, { description: 'Markdown, as it was written.' })
  content!: string
  @Field(() => Boolean, { description: 'Whether others see it; a draft is its author’s alone.' })
  published!: boolean
  @Field(() => UserType, { description: 'Who wrote it.' })
  author!: UserType
  @Field(() => DateTime, { description: 'When it was written.' })
  createdAt!: Date
  @Field(() => DateTime, { description: 'When it was last changed.' })
  updatedAt!: Date
}

/** The post as `viewerId` may see it. */
export function postView(post: Post, viewerId: string): PostType {
  return { ...post, author: toUserView(post.author, viewerId) }
}

@Access('signed-in')
@ObjectType('PostEdge', { description: 'A post and its place in the list.' })
export class PostEdge {
  @Field(() => String, { description: 'Opaque place, for `after` and `before`.' })
  cursor!: string
  @Field(() => PostType, { description: 'The post.' })
  node!: PostType
}

@Access('signed-in')
@ObjectType('PostConnection', { description: 'A page of posts (Relay cursor connections).' })
export class PostConnection {
  @Field(() => [PostEdge], { description: 'Posts with their cursors.' })
  edges!: PostEdge[]
  @Field(() => [PostType], { description: 'The posts alone.' })
  nodes!: PostType[]
  @Field(() => PageInfo, { description: 'What lies beyond this page.' })
  pageInfo!: PageInfo
  /** What the field `totalCount` counts when it is asked for. */
  selection!: PostSelection
}

/** The connection of a page. */
export function toPostConnection(slice: PostSlice, viewerId: string): PostConnection {
  const edges = slice.rows.map((post) => ({
    cursor: encodeCursor({ at: post.createdAt, id: post.id }),
    node: postView(post, viewerId),
  }))
  const nodes = edges.map((edge) => edge.node)
  return { edges, nodes, pageInfo: toPageInfo(slice, edges), selection: slice.selection }
}

@InputType('PostFilter', { description: 'Which posts; every condition given must hold.' })
export class PostFilter {
  @Field(() => ID, { nullable: true, description: 'Written by this account.' })
  authorId?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Has this text in its title or content, 1 to 200 characters; the case of A–Z does not matter.',
  })
  search?: string | null
  @Field(() => Boolean, { nullable: true, description: 'Published, or drafts (one’s own).' })
  published?: boolean | null
}

@InputType('CreatePostInput', { description: 'A new post.' })
export class CreatePostInput {
  @Field(() => String, { description: 'Plain text, 1 to 200 characters.' })
  title!: string
  @Field(() => String, { description: 'Markdown, 1 to 20000 characters.' })
  content!: string
  @Field(() => Boolean, { defaultValue: true, description: 'False keeps it a draft.' })
  published!: boolean
}

@InputType('UpdatePostInput', { description: 'What to change; a field left out stays.' })
export class UpdatePostInput {
  @Field(() => String, { nullable: true, description: 'Plain text, 1 to 200 characters.' })
  title?: string | null
  @Field(() => String, { nullable: true, description: 'Markdown, 1 to 20000 characters.' })
  content?: string | null
  @Field(() => Boolean, { nullable: true, description: 'False makes it a draft.' })
  published?: boolean | null
}

@Access('owner')
@ObjectType('DeletePostPayload', { description: 'A post was removed.' })
export class DeletePostPayload {
  @Field(() => String, { description: '`POST_DELETED`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'The post that is gone.' })
  postId!: string
}
