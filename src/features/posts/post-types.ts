import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql'
import type { AccountCaller } from '../../core/caller.ts'
import type { OutcomeKey } from '../../core/outcomes.ts'
import { Price } from '../../graphql/guards/price.ts'
import { Access } from '../../graphql/schema/access.ts'
import { PageInfo, toConnection } from '../../graphql/schema/connections.ts'
import { NodeInterface } from '../../graphql/schema/node.ts'
import { Cacheable } from '../../graphql/schema/cacheable.ts'
import { Entity } from '../../graphql/schema/entity.ts'
import { PLAIN_FIELDS } from '../../graphql/schema/plain-fields.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import type { ListedPost, PostCount } from '../../ports/posts.ts'
import { UserType, toUserViewFor } from '../users/user-types.ts'
import type { PostSlice } from './post-service.ts'

/** GraphQL enum of post orders. */
export const PostOrderEnum = { NEWEST: 'NEWEST', OLDEST: 'OLDEST' } as const
registerEnumType(PostOrderEnum, {
  name: 'PostOrder',
  description: 'Order of posts.',
  valuesConfig: { NEWEST: { description: 'Newest first.' }, OLDEST: { description: 'Oldest first.' } },
})

@Access('signed-in')
@Cacheable('posts')
@Entity('id')
@ObjectType('Post', { ...PLAIN_FIELDS, description: 'Post.', implements: NodeInterface })
export class PostType {
  @Field(() => ID, { description: 'Post id.' })
  id!: string
  @Field(() => String, { description: 'Title, plain text.' })
  title!: string
  /** Null in a list whose operation requests neither `content` nor `contentHtml`. */
  @Price(10)
  @Field(() => String, { description: 'Content in Markdown.' })
  content!: string | null
  @Field(() => Boolean, {
    description:
      'Whether the post is published. Only its author and accounts with the role `ADMIN` can read a draft.',
  })
  published!: boolean
  /** Null in a list whose operation does not request it. */
  @Field(() => UserType, { description: 'Author of the post.' })
  author!: UserType | null
  @Field(() => DateTime, { description: 'Time of creation.' })
  createdAt!: Date
  @Field(() => DateTime, {
    description:
      'Time of the last change, and version of the post: it rises with every change. See `expectedUpdatedAt`.',
  })
  updatedAt!: Date
}

@Access('signed-in')
@Cacheable('posts')
@ObjectType('PostEdge', { ...PLAIN_FIELDS, description: 'Edge of a `PostConnection`.' })
export class PostEdge {
  @Field(() => String, { description: 'Opaque cursor for `after` and `before`.' })
  cursor!: string
  @Field(() => PostType, { description: 'The post.' })
  node!: PostType
}

@Access('signed-in')
@Cacheable('posts')
@ObjectType('PostConnection', { ...PLAIN_FIELDS, description: 'Page of posts (Relay cursor connection).' })
export class PostConnection {
  @Field(() => [PostEdge], { description: 'Posts with their cursors.' })
  edges!: PostEdge[]
  @Field(() => [PostType], { description: 'Posts without cursors.' })
  nodes!: PostType[]
  @Field(() => PageInfo, { description: 'Page information.' })
  pageInfo!: PageInfo
  /** Counts the posts that match the filter, once. */
  count!: () => Promise<PostCount>
}

/**
 * Converts a post for a caller. The author is converted here and not by a field resolver: TypeGraphQL would
 * create some objects for each post of a page.
 */
export function toPostView(caller: AccountCaller, post: ListedPost): PostType {
  return { ...post, author: post.author && toUserViewFor(caller, post.author) }
}

/** Converts a page of posts for a caller. `count`: counts the posts of its selection. */
export function toPostConnection(
  caller: AccountCaller,
  slice: PostSlice,
  count: () => Promise<PostCount>,
): PostConnection {
  let counted: Promise<PostCount> | undefined
  const connection = toConnection(
    slice,
    ({ createdAt, id }) => ({ at: createdAt, id }),
    (post) => toPostView(caller, post),
  )
  return Object.assign(connection, { count: () => (counted ??= count()) })
}

@InputType('PostFilter', { description: 'Filter of posts. All given conditions must match.' })
export class PostFilter {
  @Field(() => ID, { nullable: true, description: 'Id of the author.' })
  authorId?: string | null
  @Field(() => String, {
    nullable: true,
    description:
      'Words, 1 to 200 characters. For each of them the title or the content must have a word that begins with it. Words are runs of letters and digits; case and the diacritics of Latin letters are ignored.',
  })
  search?: string | null
  @Field(() => Boolean, {
    nullable: true,
    description: 'True: published posts. False: drafts that the caller can read.',
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

/** Description of the version that a change expects. */
export const EXPECTED_UPDATED_AT =
  '`updatedAt` of the version that the caller has read. If the post has another one, nothing is changed and the error is `CONFLICT`, with the current version in `extensions.current`. Without it, the last change wins.'

@InputType('UpdatePostInput', { description: 'Input of `updatePost`. Omitted fields are not changed.' })
export class UpdatePostInput {
  @Field(() => String, { nullable: true, description: 'Title, plain text, 1 to 200 characters.' })
  title?: string | null
  @Field(() => String, { nullable: true, description: 'Content in Markdown, 1 to 20000 characters.' })
  content?: string | null
  @Field(() => Boolean, { nullable: true, description: 'Whether the post is published. False: a draft.' })
  published?: boolean | null
  @Field(() => DateTime, { nullable: true, description: EXPECTED_UPDATED_AT })
  expectedUpdatedAt?: Date | null
}

@Access('owner')
@ObjectType('DeletePostPayload', { description: 'Result of `deletePost`.' })
export class DeletePostPayload {
  @Field(() => String, { description: 'Key of the text in `message`: `POST_DELETED`.' })
  messageKey!: OutcomeKey
  @Field(() => ID, { description: 'Id of the deleted post.' })
  postId!: string
}
