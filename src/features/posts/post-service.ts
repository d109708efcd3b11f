import { z } from 'zod'
import type { AccountCaller } from '../../core/caller.ts'
import { readSlice, type ConnectionArguments, type Slice } from '../../core/connection.ts'
import { AuthError, badInput } from '../../core/errors.ts'
import { MAX_ID_LENGTH, boundedText, isStorableId, parseInput } from '../../core/input.ts'
import { parseSearchWords } from '../../core/search-words.ts'
import { newId, type Random } from '../../core/secrets.ts'
import type { Clock } from '../../ports/clock.ts'
import type { MarkdownRenderer } from '../../ports/markdown.ts'
import type {
  ListedPost,
  Post,
  PostAuthor,
  PostCount,
  PostParts,
  PostQuota,
  Posts,
  PostSelection,
} from '../../ports/posts.ts'
import {
  parseExpectedVersion,
  parsePostChange,
  parsePostFields,
  parsePostId,
  toViewer,
} from './post-input.ts'
import type { PostPages } from './post-pages.ts'
import { refuseWrite, requireRoom } from './post-refusals.ts'

/** Dependencies of the posts. */
export interface PostDependencies {
  readonly posts: Posts
  readonly pages: PostPages
  readonly markdown: MarkdownRenderer
  readonly quota: PostQuota
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
  /** What of each post the caller has asked for. */
  readonly parts: PostParts
}

/** One page of posts. */
export interface PostSlice extends Slice<ListedPost> {
  /** The posts that `totalCount` counts. */
  readonly selection: PostSelection
}

const searchText = boundedText(1, 200)
  .transform(parseSearchWords)
  .refine((words) => words.length > 0, {
    params: { code: 'NO_WORDS' },
    message: 'must contain a letter or a digit',
  })
const filterInput = z.object({
  authorId: boundedText(0, MAX_ID_LENGTH).nullish(),
  search: searchText.nullish(),
  published: z.boolean().nullish(),
})

/** The protected example API: each statement enforces visibility and ownership for the caller. */
export class PostService {
  readonly #deps: PostDependencies

  constructor(deps: PostDependencies) {
    this.#deps = deps
  }

  /** A page of the posts that the caller can see: published ones and the drafts that the caller can read. */
  async list(caller: AccountCaller, page: ConnectionArguments, query: PostQuery): Promise<PostSlice> {
    const selection = parseSelection(caller, query)
    const order = query.orderBy === 'NEWEST' ? 'descending' : 'ascending'
    const slice = await readSlice(page, order, (rows) =>
      this.#deps.pages.list(caller, selection, rows, query.parts),
    )
    return { selection, ...slice }
  }

  /** The number of posts in a selection, counted up to a bound. */
  count(caller: AccountCaller, selection: PostSelection): Promise<PostCount> {
    return this.#deps.pages.count(caller, selection)
  }

  /** One post. Throws `NOT_FOUND` when it does not exist or is a draft that the caller cannot read. */
  async find(caller: AccountCaller, id: string): Promise<Post> {
    const post = await this.findReadable(caller, id)
    if (!post) throw new AuthError('NOT_FOUND')
    return post
  }

  /** One post, or null in the same cases. */
  async findReadable(caller: AccountCaller, id: string): Promise<Post | null> {
    return isStorableId(id) ? this.#deps.posts.find(id, toViewer(caller)) : null
  }

  /** The author of a post that the caller can read; null for an account without one. */
  async findAuthor(caller: AccountCaller, authorId: string): Promise<PostAuthor | null> {
    if (!isStorableId(authorId)) return null
    const selection = { viewer: toViewer(caller), authorId, words: null, published: null }
    const page = { direction: 'descending', after: null, before: null, limit: 1 } as const
    const [post] = await this.#deps.pages.list(caller, selection, page, { author: true, content: false })
    return post?.author ?? null
  }

  /** The posts of some ids in any order, without those that `find` does not return. One statement. */
  async findSome(caller: AccountCaller, ids: readonly string[]): Promise<readonly Post[]> {
    const known = [...new Set(ids)].filter((id) => isStorableId(id))
    return known.length === 0 ? [] : this.#deps.posts.findSome(known, toViewer(caller))
  }

  /** Creates a post of the caller. Throws `QUOTA_EXCEEDED`. */
  async create(caller: AccountCaller, input: unknown): Promise<Post> {
    const { posts, quota, random, now } = this.#deps
    const fields = parsePostFields(input)
    await this.#requireRenderable(caller, fields.content)
    const post = { ...fields, id: newId(random), authorId: caller.userId, now: new Date(now()) }
    return requireRoom(await posts.create(post, quota), quota)
  }

  /**
   * Changes a post of the caller, or of any author if the caller is an administrator. Throws `NOT_FOUND` for
   * any other post, `CONFLICT` with the current version when it is not the expected one, and
   * `QUOTA_EXCEEDED`.
   */
  async update(caller: AccountCaller, id: string, input: unknown): Promise<Post> {
    const { posts, quota, now } = this.#deps
    const { expectedUpdatedAt, change } = parsePostChange(input)
    if (change.content !== undefined) await this.#requireRenderable(caller, change.content)
    const reference = { id: parsePostId(id), viewer: toViewer(caller), expectedUpdatedAt }
    const outcome = await posts.update(reference, change, quota, new Date(now()))
    if (outcome.kind === 'missing' || outcome.kind === 'stale') return refuseWrite(outcome)
    return requireRoom(outcome, quota)
  }

  /** Removes a post under the same conditions. Throws `NOT_FOUND` and `CONFLICT`. */
  async delete(caller: AccountCaller, id: string, expected: unknown): Promise<void> {
    const expectedUpdatedAt = parseExpectedVersion(expected)
    const reference = { id: parsePostId(id), viewer: toViewer(caller), expectedUpdatedAt }
    const outcome = await this.#deps.posts.delete(reference)
    if (outcome.kind !== 'deleted') refuseWrite(outcome)
  }

  /** The content as HTML that is safe to insert into a page. */
  async renderHtml({ userId }: AccountCaller, content: string): Promise<string> {
    return (await this.#deps.markdown.render(content, userId)).html
  }

  /** Throws `BAD_USER_INPUT` for a content whose Markdown exceeds `POST_BOUNDS`. */
  async #requireRenderable({ userId }: AccountCaller, content: string): Promise<void> {
    if ((await this.#deps.markdown.render(content, userId)).withinBounds) return
    throw badInput({
      path: ['input', 'content'],
      code: 'TOO_COMPLEX',
      message:
        'is too complex as Markdown: use fewer table cells, list items, links and nested elements, or split the text',
    })
  }
}

function parseSelection(caller: AccountCaller, { filter }: PostQuery): PostSelection {
  const { authorId, search, published } = parseInput(filterInput, filter ?? {})
  return {
    viewer: toViewer(caller),
    authorId: authorId ?? null,
    words: search ?? null,
    published: published ?? null,
  }
}
