import type { AccountCaller } from '../../core/caller.ts'
import type { KeysetPage } from '../../core/connection.ts'
import type { GenerationCache } from '../../core/generation-cache.ts'
import { parsePosition } from '../caching/generations.ts'
import type { ListedPost, PostCount, PostParts, Posts, PostSelection } from '../../ports/posts.ts'

/** Approximate bytes of a post without its texts. */
const POST_BYTES = 600

/** Dependencies of the pages. */
export interface PostPageDependencies {
  readonly posts: Pick<Posts, 'list' | 'count'>
  /** Null: pages are not cached (`CACHE_POSTS_SECONDS=0`). */
  readonly cache: GenerationCache<readonly ListedPost[]> | null
  /** Whether there is a replica to read from. */
  readonly hasReplica?: boolean
}

/** Reads pages of posts, from the cache if there is one. */
export class PostPages {
  readonly #deps: PostPageDependencies

  constructor(deps: PostPageDependencies) {
    this.#deps = deps
  }

  /** The posts of one page, as `Posts.list`. */
  async list(
    { generations }: AccountCaller,
    selection: PostSelection,
    page: KeysetPage,
    parts: PostParts,
  ): Promise<readonly ListedPost[]> {
    const { posts, cache, hasReplica } = this.#deps
    const generation = cache || hasReplica ? await generations.posts() : null
    const load = () => posts.list(selection, page, parts, parsePosition(generation))
    if (!cache || generation === null) return load()
    return (await cache.read(toKey(selection, page, parts), generation, load)) ?? []
  }

  /** The number of posts in a selection, as `Posts.count`. */
  async count({ generations }: AccountCaller, selection: PostSelection): Promise<PostCount> {
    const { posts, hasReplica } = this.#deps
    return posts.count(selection, hasReplica ? parsePosition(await generations.posts()) : null)
  }
}

/** Equal keys have equal rows: every viewer sees the same published posts, and other lists contain drafts. */
function toKey(selection: PostSelection, page: KeysetPage, parts: PostParts): string {
  const shared = selection.published === true ? { ...selection, viewer: null } : selection
  return JSON.stringify([shared, page, parts])
}

/** Approximate bytes of a page in memory. */
export function measurePage(rows: readonly ListedPost[]): number {
  const texts = rows.reduce((sum, { title, content }) => sum + title.length + (content?.length ?? 0), 0)
  return 2 * texts + POST_BYTES * (rows.length + 1)
}
