import type { KeysetPage } from '../core/connection.ts'
import type { User } from './users.ts'

/** The author of a post: the fields of an account that every signed-in caller may see. */
export type PostAuthor = Pick<User, 'id' | 'fullName' | 'status' | 'createdAt'>

/** A post with its author. */
export interface Post {
  readonly id: string
  readonly title: string
  /** Markdown. */
  readonly content: string
  readonly published: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly author: PostAuthor
}

/** Selects the posts of a list. Drafts of other authors never match. */
export interface PostSelection {
  readonly viewerId: string
  readonly authorId: string | null
  /** Text that the title or the content contains, ignoring the case of ASCII letters; null: any. */
  readonly search: string | null
  readonly published: boolean | null
}

/** A post to be created. */
export interface NewPost {
  readonly id: string
  readonly authorId: string
  readonly title: string
  readonly content: string
  readonly published: boolean
  readonly now: Date
}

/** The changes to a post; absent fields stay unchanged. */
export interface PostChange {
  readonly title?: string
  readonly content?: string
  readonly published?: boolean
}

/**
 * Posts in the database. Every method takes the id of the caller: each statement enforces visibility and
 * ownership.
 */
export interface Posts {
  /** The posts of one page, in the direction of the page. */
  list(selection: PostSelection, page: KeysetPage): Promise<Post[]>
  /** The number of posts in the selection. */
  count(selection: PostSelection): Promise<number>
  /** The post, or null when it does not exist or is a draft of another author. */
  find(id: string, viewerId: string): Promise<Post | null>
  /** Inserts the post and returns it with its author. */
  create(post: NewPost): Promise<Post>
  /** Changes a post of the author and returns it; null when there is no such post of this author. */
  update(id: string, authorId: string, change: PostChange, now: Date): Promise<Post | null>
  /** Removes a post of the author. True when it was removed. */
  delete(id: string, authorId: string): Promise<boolean>
}
