import { z } from 'zod'
import type { SignedInCaller } from '../../core/caller.ts'
import { readSlice, type ConnectionArguments, type Slice } from '../../core/connection.ts'
import { AuthError } from '../../core/errors.ts'
import { boundedText, parseInput, storableText } from '../../core/input.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Post, Posts, PostSelection } from '../../ports/posts.ts'

/** What posts need. */
export interface PostDependencies {
  readonly posts: Posts
  readonly random: Random
  readonly now: Clock
}

/** Which posts, in which order. */
export interface PostQuery {
  readonly filter: {
    readonly authorId?: string | null
    readonly search?: string | null
    readonly published?: boolean | null
  } | null
  readonly orderBy: 'NEWEST' | 'OLDEST'
}

/** One page of posts and what lies beyond it. */
export interface PostSlice extends Slice<Post> {
  /** What `totalCount` counts, if it is asked for. */
  readonly selection: PostSelection
}

const title = boundedText(1, 200)
const content = boundedText(1, 20_000)
const createInput = z.object({ title, content, published: z.boolean() })
const change = <T extends z.ZodType>(field: T) => field.nullish().transform((value) => value ?? undefined)
const updateInput = z.object({
  title: change(title),
  content: change(content),
  published: change(z.boolean()),
})
const filterInput = z.object({
  authorId: storableText.nullish(),
  search: boundedText(1, 200).nullish(),
  published: z.boolean().nullish(),
})

/** The protected example API: each statement names who asks. */
export class PostService {
  readonly #deps: PostDependencies

  constructor(deps: PostDependencies) {
    this.#deps = deps
  }

  /** A page of the posts that the caller may see: published ones, and their own drafts. */
  async list(caller: SignedInCaller, page: ConnectionArguments, query: PostQuery): Promise<PostSlice> {
    const selection = selectionOf(caller, query)
    const order = query.orderBy === 'NEWEST' ? 'descending' : 'ascending'
    const slice = await readSlice(page, order, (rows) => this.#deps.posts.list(selection, rows))
    return { ...slice, selection }
  }

  /** How many posts a selection has. */
  count(selection: PostSelection): Promise<number> {
    return this.#deps.posts.count(selection)
  }

  /** One post; `NOT_FOUND` when it does not exist or is another author's draft. */
  async find(caller: SignedInCaller, id: string): Promise<Post> {
    return found(await this.#deps.posts.find(key(id), caller.userId))
  }

  /** Writes a post of the caller's. */
  create(caller: SignedInCaller, input: unknown): Promise<Post> {
    const { posts, random, now } = this.#deps
    const fields = parseInput(createInput, input)
    return posts.create({ ...fields, id: newId(random), authorId: caller.userId, now: new Date(now()) })
  }

  /** Changes a post of the caller's; `NOT_FOUND` for any other. */
  async update(caller: SignedInCaller, id: string, input: unknown): Promise<Post> {
    const { posts, now } = this.#deps
    const { title, content, published } = parseInput(updateInput, input)
    const changes = {
      ...(title === undefined ? {} : { title }),
      ...(content === undefined ? {} : { content }),
      ...(published === undefined ? {} : { published }),
    }
    return found(await posts.update(key(id), caller.userId, changes, new Date(now())))
  }

  /** Removes a post of the caller's; `NOT_FOUND` for any other. */
  async delete(caller: SignedInCaller, id: string): Promise<void> {
    if (!(await this.#deps.posts.delete(key(id), caller.userId))) throw new AuthError('NOT_FOUND')
  }
}

function found(post: Post | null): Post {
  if (!post) throw new AuthError('NOT_FOUND')
  return post
}

/** An id that could be one; any other text cannot name a post, and some cannot be sent to a database. */
function key(id: string): string {
  if (id.length > 64 || !storableText.safeParse(id).success) throw new AuthError('NOT_FOUND')
  return id
}

function selectionOf(caller: SignedInCaller, { filter }: PostQuery): PostSelection {
  const { authorId, search, published } = parseInput(filterInput, filter ?? {})
  return {
    viewerId: caller.userId,
    authorId: authorId ?? null,
    search: search ?? null,
    published: published ?? null,
  }
}
