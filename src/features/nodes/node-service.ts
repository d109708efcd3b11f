import type { SignedInCaller } from '../../core/caller.ts'
import type { Post, PostAuthor } from '../../ports/posts.ts'
import type { Session } from '../../ports/sessions.ts'
import type { PostService } from '../posts/post-service.ts'
import type { SessionService } from '../sessions/session-service.ts'

/** Dependencies of the node service. */
export interface NodeDependencies {
  readonly posts: Pick<PostService, 'findReadable' | 'findAuthor'>
  readonly sessions: Pick<SessionService, 'list'>
}

/** An object that the caller can read. `account`: the caller's own. */
export type FoundNode =
  | { readonly kind: 'account' }
  | { readonly kind: 'post'; readonly post: Post }
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'author'; readonly author: PostAuthor }

/**
 * Reads an object by its id alone. Ids are random and have no type in them, so the types are tried in turn:
 * at most three statements. A type prefix would make the ids that clients have stored invalid.
 */
export class NodeService {
  readonly #deps: NodeDependencies

  constructor(deps: NodeDependencies) {
    this.#deps = deps
  }

  /**
   * The object, or null if no object that the caller can read has the id. Each type is as visible as
   * elsewhere: posts as in `posts`, active sessions of the caller, and accounts as authors of posts that the
   * caller can read.
   */
  async find(caller: SignedInCaller, id: string): Promise<FoundNode | null> {
    if (id === caller.userId) return { kind: 'account' }
    const { posts, sessions } = this.#deps
    const post = await posts.findReadable(caller, id)
    if (post) return { kind: 'post', post }
    const session = (await sessions.list(caller)).find((own) => own.id === id)
    if (session) return { kind: 'session', session }
    const author = await posts.findAuthor(caller, id)
    return author && { kind: 'author', author }
  }
}
