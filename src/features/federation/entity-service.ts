import { z } from 'zod'
import type { AccountCaller } from '../../core/caller.ts'
import { badInput } from '../../core/errors.ts'
import { isStorableId } from '../../core/input.ts'
import type { Post } from '../../ports/posts.ts'
import type { User, Users } from '../../ports/users.ts'
import type { PostService } from '../posts/post-service.ts'

/** An entity that another subgraph refers to. */
export interface EntityReference {
  readonly type: 'User' | 'Post'
  readonly id: string
}

/** An entity that was read; null: it does not exist, or the caller cannot read it. */
export type Entity =
  { readonly type: 'User'; readonly user: User } | { readonly type: 'Post'; readonly post: Post } | null

/** Dependencies of the service. */
export interface EntityDependencies {
  readonly users: Pick<Users, 'findById'>
  readonly posts: Pick<PostService, 'findSome'>
}

const representation = z.object({ __typename: z.enum(['User', 'Post']), id: z.string() })

/** Reads the references of other subgraphs, for the caller whose request the router executes. */
export class EntityService {
  readonly #deps: EntityDependencies

  constructor(deps: EntityDependencies) {
    this.#deps = deps
  }

  /** One entity for each reference, in their order. Accounts and posts are read at the same time. */
  async find(caller: AccountCaller, references: readonly EntityReference[]): Promise<readonly Entity[]> {
    const selectIds = (type: EntityReference['type']) =>
      references.filter((reference) => reference.type === type).map(({ id }) => id)
    const [users, posts] = await Promise.all([
      this.#findUsers(caller, selectIds('User')),
      this.#deps.posts.findSome(caller, selectIds('Post')),
    ])
    const userById = new Map(users.map((user) => [user.id, user]))
    const postById = new Map(posts.map((post) => [post.id, post]))
    return references.map(({ type, id }) => {
      const [user, post] = [userById.get(id), postById.get(id)]
      if (type === 'User') return user ? { type, user } : null
      return post ? { type, post } : null
    })
  }

  /** The lookups share statements. The account of the caller is known already. */
  async #findUsers(caller: AccountCaller, ids: readonly string[]): Promise<readonly User[]> {
    const others = [...new Set(ids)].filter((id) => id !== caller.userId && isStorableId(id))
    const users = await Promise.all(others.map((id) => this.#deps.users.findById(id)))
    return [caller.account, ...users.filter((user) => user !== null)]
  }
}

/** The references of the argument `representations`. Throws `BAD_USER_INPUT`. */
export function parseRepresentations(representations: readonly unknown[]): readonly EntityReference[] {
  const parsed = z.array(representation).safeParse(representations)
  if (parsed.success) return parsed.data.map(({ __typename: type, id }) => ({ type, id }))
  throw badInput(
    ...parsed.error.issues.slice(0, 1).map(({ path }) => ({
      path: ['representations', ...path.map(String)],
      code: 'INVALID_TYPE' as const,
      message: 'must be an object with `__typename`, which is `User` or `Post`, and with `id`',
    })),
  )
}
