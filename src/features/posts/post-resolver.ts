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
  postView,
} from './post-types.ts'

@ArgsType()
class PostsArguments extends PageArguments {
  @Field(() => PostFilter, {
    nullable: true,
    description: 'Which posts; all that one may see when left out.',
  })
  filter: PostFilter | null = null
  @Field(() => PostOrderEnum, { nullable: true, description: 'Order; newest first when left out.' })
  orderBy: 'NEWEST' | 'OLDEST' | null = null
}

/** The protected example API. */
@Resolver(() => PostType)
export class PostResolver {
  readonly #posts: PostService

  constructor(posts: PostService) {
    this.#posts = posts
  }

  @Access('signed-in')
  @Query(() => PostConnection, {
    description: 'Posts that I may see: published ones and my drafts. Signed-in only.',
  })
  async posts(
    @Args(() => PostsArguments) page: PostsArguments,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostConnection> {
    const query = { filter: page.filter, orderBy: page.orderBy ?? 'NEWEST' } as const
    return toPostConnection(await this.#posts.list(caller, page, query), caller.userId)
  }

  @Access('signed-in')
  @Query(() => PostType, {
    description: 'One post. NOT_FOUND when it does not exist or is another author’s draft. Signed-in only.',
  })
  async post(
    @Arg('id', () => ID, { description: 'Which.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostType> {
    return postView(await this.#posts.find(caller, id), caller.userId)
  }

  @Access('signed-in')
  @Mutation(() => PostType, { description: 'Writes a post of mine. Signed-in only.' })
  @RateLimit(LIMITS.createPost)
  async createPost(
    @Arg('input', () => CreatePostInput, { description: 'The post.' }) input: CreatePostInput,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostType> {
    return postView(await this.#posts.create(caller, input), caller.userId)
  }

  @Access('owner')
  @Mutation(() => PostType, {
    description: 'Changes a post of mine; NOT_FOUND for any other. Signed-in only.',
  })
  async updatePost(
    @Arg('id', () => ID, { description: 'Which.' }) id: string,
    @Arg('input', () => UpdatePostInput, { description: 'What changes.' }) input: UpdatePostInput,
    @SignedIn() caller: SignedInCaller,
  ): Promise<PostType> {
    return postView(await this.#posts.update(caller, id, input), caller.userId)
  }

  @Access('owner')
  @Mutation(() => DeletePostPayload, {
    description: 'Removes a post of mine; NOT_FOUND for any other. Signed-in only.',
  })
  async deletePost(
    @Arg('id', () => ID, { description: 'Which.' }) id: string,
    @SignedIn() caller: SignedInCaller,
  ): Promise<DeletePostPayload> {
    await this.#posts.delete(caller, id)
    return { messageKey: 'POST_DELETED', postId: id }
  }

  @FieldResolver(() => String, {
    description: 'The content rendered and sanitised: safe to put into a page.',
  })
  contentHtml(@Root() post: PostType): string {
    return renderPostHtml(post.content)
  }
}

/** Fields of a page that cost a query of their own. */
@Resolver(() => PostConnection)
export class PostConnectionResolver {
  readonly #posts: PostService

  constructor(posts: PostService) {
    this.#posts = posts
  }

  @FieldResolver(() => Int, {
    description: 'How many posts the filter has in all; counted only when asked for.',
  })
  totalCount(@Root() connection: PostConnection): Promise<number> {
    return this.#posts.count(connection.selection)
  }
}
