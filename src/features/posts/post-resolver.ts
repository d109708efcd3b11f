import {
  Arg,
  Args,
  ArgsType,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from 'type-graphql'
import type { AccountCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { Price } from '../../graphql/guards/price.ts'
import { Cacheable } from '../../graphql/schema/cacheable.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { DateTime } from '../../graphql/schema/scalars.ts'
import { PageArguments } from '../../graphql/schema/connections.ts'
import { RequestedFields } from '../../graphql/schema/requested-fields.ts'
import { ForAccount } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import type { PostService } from './post-service.ts'
import {
  CreatePostInput,
  EXPECTED_UPDATED_AT,
  DeletePostPayload,
  PostConnection,
  PostFilter,
  PostOrderEnum,
  PostType,
  UpdatePostInput,
  toPostConnection,
  toPostView,
} from './post-types.ts'

@ArgsType()
class PostsArguments extends PageArguments {
  @Field(() => PostFilter, {
    nullable: true,
    description: 'Filter. Default: all posts that the caller can read.',
  })
  filter: PostFilter | null = null
  @Field(() => PostOrderEnum, { nullable: true, description: 'Order. Default: newest first.' })
  orderBy: 'NEWEST' | 'OLDEST' | null = null
}

/** Posts, an example of a protected API. */
@Resolver(() => PostType)
export class PostResolver {
  readonly #posts: PostService

  constructor(posts: PostService) {
    this.#posts = posts
  }

  @Access('signed-in', 'posts:read')
  @Cacheable('posts')
  @Query(() => PostConnection, {
    description:
      'Posts that the caller can read: published posts, and drafts of the caller; an account with the role `ADMIN` reads all drafts. Requires sign-in.',
  })
  @RateLimit(LIMITS.posts)
  // A page is one statement: without contents it costs as much as some hundred fields.
  @Price(100)
  async posts(
    @Args(() => PostsArguments) page: PostsArguments,
    @RequestedFields('nodes', 'edges.node') fields: ReadonlySet<string>,
    @ForAccount() caller: AccountCaller,
  ): Promise<PostConnection> {
    const parts = {
      content: fields.has('content') || fields.has('contentHtml'),
      author: fields.has('author'),
    }
    const query = { filter: page.filter, orderBy: page.orderBy ?? 'NEWEST', parts } as const
    const slice = await this.#posts.list(caller, page, query)
    return toPostConnection(caller, slice, () => this.#posts.count(caller, slice.selection))
  }

  @Access('signed-in', 'posts:read')
  @Cacheable('posts')
  @Query(() => PostType, {
    description:
      'Post by id. `NOT_FOUND` if it does not exist or is a draft that the caller cannot read. Requires sign-in.',
  })
  async post(
    @Arg('id', () => ID, { description: 'Post id.' }) id: string,
    @ForAccount() caller: AccountCaller,
  ): Promise<PostType> {
    return toPostView(caller, await this.#posts.find(caller, id))
  }

  @Access('signed-in', 'posts:write')
  @Mutation(() => PostType, {
    description:
      'Creates a post of the caller. `QUOTA_EXCEEDED` if the account has no room for it. Requires sign-in.',
  })
  @RateLimit(LIMITS.createPost)
  @Price(20)
  async createPost(
    @Arg('input', () => CreatePostInput, { description: 'The post.' }) input: CreatePostInput,
    @ForAccount() caller: AccountCaller,
  ): Promise<PostType> {
    return toPostView(caller, await this.#posts.create(caller, input))
  }

  @Access('owner-or-admin', 'posts:write')
  @Mutation(() => PostType, {
    description:
      'Changes a post. `NOT_FOUND` if the caller is neither its author nor has the role `ADMIN`, `CONFLICT` if it does not have `expectedUpdatedAt`, `QUOTA_EXCEEDED` if its author has no room for a larger post. Requires sign-in.',
  })
  @RateLimit(LIMITS.changePost)
  @Price(20)
  async updatePost(
    @Arg('id', () => ID, { description: 'Post id.' }) id: string,
    @Arg('input', () => UpdatePostInput, { description: 'Fields to change.' }) input: UpdatePostInput,
    @ForAccount() caller: AccountCaller,
  ): Promise<PostType> {
    return toPostView(caller, await this.#posts.update(caller, id, input))
  }

  @Access('owner-or-admin', 'posts:write')
  @Mutation(() => DeletePostPayload, {
    description:
      'Deletes a post. `NOT_FOUND` if the caller is neither its author nor has the role `ADMIN`, `CONFLICT` if it does not have `expectedUpdatedAt`. Requires sign-in.',
  })
  @RateLimit(LIMITS.changePost)
  async deletePost(
    @Arg('id', () => ID, { description: 'Post id.' }) id: string,
    @Arg('expectedUpdatedAt', () => DateTime, { nullable: true, description: EXPECTED_UPDATED_AT })
    expectedUpdatedAt: Date | null,
    @ForAccount() caller: AccountCaller,
  ): Promise<DeletePostPayload> {
    await this.#posts.delete(caller, id, expectedUpdatedAt)
    return { messageKey: 'POST_DELETED', postId: id }
  }

  @Price(20)
  @FieldResolver(() => String, {
    description:
      'Content as sanitized HTML, safe to insert into a page. The source in one `pre` element if the content exceeds the bounds of Markdown, which were added later than posts.',
  })
  contentHtml(@Root() post: PostType, @ForAccount() caller: AccountCaller): Promise<string> {
    if (post.content === null) throw new Error('the list of posts did not read the contents')
    return this.#posts.renderHtml(caller, post.content)
  }
}

/** Fields of a page that need an additional database query. */
@Resolver(() => PostConnection)
export class PostConnectionResolver {
  @Price(50)
  @FieldResolver(() => Int, {
    description:
      'Number of posts that match the filter, at most 10000: see `totalCountExact`. Counted only if requested.',
  })
  async totalCount(@Root() connection: PostConnection): Promise<number> {
    return (await connection.count()).total
  }

  @Price(50)
  @FieldResolver(() => Boolean, {
    description: 'False: more posts than `totalCount` match the filter, to be shown as “10000+”.',
  })
  async totalCountExact(@Root() connection: PostConnection): Promise<boolean> {
    return (await connection.count()).isExact
  }
}
