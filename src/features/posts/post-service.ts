import { z } from 'zod'
import type { SignedInCaller } from '../../core/caller.ts'
import { readSlice, type ConnectionArguments, type Slice } from '../../core/connection.ts'
import { AuthError } from '../../core/errors.ts'
import { boundedText, parseInput, storableText } from '../../core/input.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Post, PostAuthor, Posts, PostSelection } from '../../ports/posts.ts'
import type { User, Users } from '../../ports/users.ts'

/** Dependencies of the posts. */
export interface PostDependencies {
  readonly posts: Posts
  readonly users: Users
  readonly random: Random
  readonly now: Clock
}

/** Filter and order of a list of posts. */
export interface PostQuery {
  readonly filter: {
    readonly authorId?: string | null
    readonly search?: string | null
    readonly published?: boolean | null
  } | null
  readonly orderBy: 'NEWEST' | 'OLDEST'
}

/** One page of posts. */
export interface PostSlice extends Slice<Post> {
  /** The posts that `totalCount` counts. */
  readonly selection: PostSelection
}

const title = boundedText(1, 200)
const content = boundedText(1, 20_000)
const createInput = z.object({ title, content, published: z.boolean() })
const optional = <T extends z.ZodType>(field: T) => field.nullish().transform((value) => value ?? undefined)
const updateInput = z.object({
  title: optional(title),
  content: optional(content),
  published: optional(z.boolean()),
})
const filterInput = z.object({
  authorId: storableText.nullish(),
  search: boundedText(1, 200).nullish(),
  published: z.boolean().nullish(),
})

/** The protected example API: each statement enforces visibility and ownership for the caller. */
export class PostService {
  readonly #deps: PostDependencies

  constructor(deps: PostDependencies) {
    this.#deps = deps
  }

  /** A page of the posts that the caller can see: published ones, and the caller's drafts. */
  async list(caller: SignedInCaller, page: ConnectionArguments, query: PostQuery): Promise<PostSlice> {
    const selection = parseSelection(caller, query)
    const order = query.orderBy === 'NEWEST' ? 'descending' : 'ascending'
    const slice = await readSlice(page, order, (rows) => this.#deps.posts.list(selection, rows))
    return { ...slice, selection }
  }

  /** The number of posts in a selection. */
  count(selection: PostSelection): Promise<number> {
    return this.#deps.posts.count(selection)
  }

  /** One post. Throws `NOT_FOUND` when it does not exist or is a draft of another author. */
  async find(caller: SignedInCaller, id: string): Promise<Post> {
    return requirePost(await this.#deps.posts.find(parsePostId(id), caller.userId))
  }

  /** The account of the author, if the author is the caller; null for any other author. */
  async findOwnAccount(caller: SignedInCaller, author: PostAuthor): Promise<User | null> {
    return author.id === caller.userId ? this.#deps.users.findById(author.id) : null
  }

  /** Creates a post of the caller. */
  create(caller: SignedInCaller, input: unknown): Promise<Post> {
    const { posts, random, now } = this.#deps
    const fields = parseInput(createInput, input)
    return posts.create({ ...fields, id: newId(random), authorId: caller.userId, now: new Date(now()) })
  }

  /** Changes a post of the caller. Throws `NOT_FOUND` for any other post. */
  async update(caller: SignedInCaller, id: string, input: unknown): Promise<Post> {
    const { posts, now } = this.#deps
    const { title, content, published } = parseInput(updateInput, input)
    const change = {
      ...(title === undefined ? {} : { title }),
      ...(content === undefined ? {} : { content }),
      ...(published === undefined ? {} : { published }),
    }
    return requirePost(await posts.update(parsePostId(id), caller.userId, change, new Date(now())))
  }

  /** Removes a post of the caller. Throws `NOT_FOUND` for any other post. */
  async delete(caller: SignedInCaller, id: string): Promise<void> {
    if (!(await this.#deps.posts.delete(parsePostId(id), caller.userId))) throw new AuthError('NOT_FOUND')
  }
}

function requirePost(post: Post | null): Post {
  if (!post) throw new AuthError('NOT_FOUND')
  return post
}

/** Throws `NOT_FOUND` for a text that cannot be an id: a database may not accept it as a parameter. */
function parsePostId(id: string): string {
  if (id.length > 64 || !storableText.safeParse(id).success) throw new AuthError('NOT_FOUND')
  return id
}

function parseSelection(caller: SignedInCaller, { filter }: PostQuery): PostSelection {
  const { authorId, search, published } = parseInput(filterInput, filter ?? {})
  return {
    viewerId: caller.userId,
    authorId: authorId ?? null,
    search: search ?? null,
    published: published ?? null,
  }
}
