import type { KeysetPage } from '../core/connection.ts'
import type { User } from './users.ts'

/** A post with its author. */
export interface Post {
  readonly id: string
  readonly title: string
  /** Markdown. */
  readonly content: string
  readonly published: boolean
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly author: User
}

/** Which posts a viewer asks for. Drafts of others never match. */
export interface PostSelection {
  readonly viewerId: string
  readonly authorId: string | null
  /** Part of the title or content, without regard to the case of ASCII letters; null: any. */
  readonly search: string | null
  readonly published: boolean | null
}

/** A post to be written. */
export interface NewPost {
  readonly id: string
  readonly authorId: string
  readonly title: string
  readonly content: string
  readonly published: boolean
  readonly now: Date
}

/** What may change of a post; an absent field stays. */
export interface PostChange {
  readonly title?: string
  readonly content?: string
  readonly published?: boolean
}

/** Posts, in SQL. Every read and write names who asks: visibility and ownership are part of the statement. */
export interface Posts {
  /** Rows of one page in the page's direction. */
  list(selection: PostSelection, page: KeysetPage): Promise<Post[]>
  /** How many posts the selection has. */
  count(selection: PostSelection): Promise<number>
  /** The post, or null when it does not exist or is another author's draft. */
  find(id: string, viewerId: string): Promise<Post | null>
  /** Inserts the post and returns it with its author. */
  create(post: NewPost): Promise<Post>
  /** Changes the author's own post; null when it is not theirs. */
  update(id: string, authorId: string, change: PostChange, now: Date): Promise<Post | null>
  /** Removes the author's own post; true when it was removed. */
  delete(id: string, authorId: string): Promise<boolean>
}
