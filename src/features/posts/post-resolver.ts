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
import type { SignedInCaller } from '../../core/caller.ts'
import { Access } from '../../graphql/schema/access.ts'
import { RateLimit } from '../../graphql/guards/rate-limit.ts'
import { PageArguments } from '../../graphql/schema/connections.ts'
import { SignedIn } from '../../graphql/schema/signed-in.ts'
import { LIMITS } from '../limits/limits.ts'
import { UserType, toPublicUserView, toUserView } from '../users/user-types.ts'
import { renderPostHtml } from './post-html.ts'
import type { PostService } from './post-service.ts'
import {
  CreatePostInput,
  DeletePostPayload,
  PostConnection,
  PostFilter,
  PostOrderEnum,
  PostType,
  UpdatePostInput,
  toPostConnection,
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

  @Access('signed-in')
  @Query(() => PostConnection, {
    description:
      'Posts that the caller can read: published posts, and the caller’s drafts. Requires sign-in.',
  })
  async posts(
    @Args(() => PostsArguments) page: PostsArguments,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostConnection> {
    const query = { filter: page.filter, orderBy: page.orderBy ?? 'NEWEST' } as const
    return toPostConnection(await this.#posts.list(caller, page, query))
  }

  @Access('signed-in')
  @Query(() => PostType, {
    description:
      'Post by id. `NOT_FOUND` if it does not exist or is a draft of another author. Requires sign-in.',
  })
  async post(
    @Arg('id', () => ID, { description: 'Post id.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostType> {
    return this.#posts.find(caller, id)
  }

  @Access('signed-in')
  @Mutation(() => PostType, { description: 'Creates a post of the caller. Requires sign-in.' })
  @RateLimit(LIMITS.createPost)
  async createPost(
    @Arg('input', () => CreatePostInput, { description: 'The post.' }) input: CreatePostInput,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostType> {
    return this.#posts.create(caller, input)
  }

  @Access('owner')
  @Mutation(() => PostType, {
    description: 'Changes a post of the caller. `NOT_FOUND` for posts of other authors. Requires sign-in.',
  })
  async updatePost(
    @Arg('id', () => ID, { description: 'Post id.' }) id: string,
    @Arg('input', () => UpdatePostInput, { description: 'Fields to change.' }) input: UpdatePostInput,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostType> {
    return this.#posts.update(caller, id, input)
  }

  @Access('owner')
  @Mutation(() => DeletePostPayload, {
    description: 'Deletes a post of the caller. `NOT_FOUND` for posts of other authors. Requires sign-in.',
  })
  async deletePost(
    @Arg('id', () => ID, { description: 'Post id.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<DeletePostPayload> {
    await this.#posts.delete(caller, id)
    return { messageKey: 'POST_DELETED', postId: id }
  }

  @FieldResolver(() => UserType, { description: 'Author of the post.' })
  async author(@Root() { author }: PostType, @SignedIn() caller: SignedInCaller): Promise<UserType> {
    const account = await this.#posts.findOwnAccount(caller, author)
    return account ? toUserView(account, caller.userId) : toPublicUserView(author)
  }

  @FieldResolver(() => String, {
    description: 'Content as sanitized HTML, safe to insert into a page.',
  })
  contentHtml(@Root() post: PostType): string {
    return renderPostHtml(post.content)
  }
}

/** Fields of a page that need an additional database query. */
@Resolver(() => PostConnection)
export class PostConnectionResolver {
  readonly #posts: PostService

  constructor(posts: PostService) {
    this.#posts = posts
  }

  @FieldResolver(() => Int, {
    description: 'Number of posts that match the filter. Counted only if requested.',
  })
  totalCount(@Root() connection: PostConnection): Promise<number> {
    return this.#posts.count(connection.selection)
  }
}
