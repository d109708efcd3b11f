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
  /** The version of the post: it rises with every change, by a millisecond at least. */
  readonly updatedAt: Date
  readonly author: PostAuthor
}

/** The caller of a statement. */
export interface PostViewer {
  readonly id: string
  /** Whether the viewer reads, changes and deletes the posts of all authors, drafts included. */
  readonly isAdministrator: boolean
}

/** Selects the posts of a list. Drafts that the viewer cannot read never match. */
export interface PostSelection {
  readonly viewer: PostViewer
  /** At most 64 characters; null: any. */
  readonly authorId: string | null
  /**
   * Runs of letters and digits (`parseSearchWords`), at least one; null: any post. For each of them the title
   * or the content must have a word that begins with it, ignoring case and the diacritics of Latin letters.
   */
  readonly words: readonly string[] | null
  readonly published: boolean | null
}

/** The parts of posts that a list reads beside their ids, titles, states and times. */
export interface PostParts {
  readonly content: boolean
  readonly author: boolean
}

/** A post of a list. A part that was not read is null. */
export interface ListedPost extends Omit<Post, 'content' | 'author'> {
  readonly content: string | null
  readonly author: PostAuthor | null
}

/** The number of posts in a selection. */
export interface PostCount {
  /** At most `MAX_COUNTED`. */
  readonly total: number
  /** False: there are more than `total`. */
  readonly isExact: boolean
}

/** Most posts that are counted: a count of all would take longer the more there are. */
export const MAX_COUNTED = 10_000

/** What the posts of one account may take. */
export interface PostQuota {
  readonly posts: number
  /** Bytes of titles and contents in UTF-8. */
  readonly bytes: number
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

/** The post of a change or a deletion. */
export interface PostReference {
  readonly id: string
  readonly viewer: PostViewer
  /** The `updatedAt` of the version that the viewer has read; null: any version. */
  readonly expectedUpdatedAt: Date | null
}

/** The post exceeds the quota of its author: by the number of posts, or by their bytes. */
export interface FullStorage {
  readonly kind: 'full'
  readonly of: keyof PostQuota
}

/**
 * Nothing was written. `stale`: the post has another version; `missing`: the viewer has no such post to
 * change.
 */
export type RefusedWrite = { readonly kind: 'stale'; readonly current: Post } | { readonly kind: 'missing' }

/** The outcome of a new post. */
export type PostCreation = { readonly kind: 'written'; readonly post: Post } | FullStorage

/** The outcome of a change. */
export type PostUpdate = PostCreation | RefusedWrite

/** The outcome of a deletion. */
export type PostDeletion = { readonly kind: 'deleted' } | RefusedWrite

/**
 * Posts in the database. Every method takes the caller: each statement enforces visibility and ownership. A
 * write is one transaction; when it rejects with `SERVICE_UNAVAILABLE`, it was committed as a whole or not at
 * all.
 */
export interface Posts {
  /**
   * The posts of one page, in the direction of the page. `position`: where in the log of the database the
   * last change is, so that a replica which has replayed it may be read; without it the primary is read.
   */
  list(
    selection: PostSelection,
    page: KeysetPage,
    parts: PostParts,
    position?: string | null,
  ): Promise<ListedPost[]>
  /** The number of posts in the selection, up to a bound. `position`: as for `list`. */
  count(selection: PostSelection, position?: string | null): Promise<PostCount>
  /** The post, or null when it does not exist or is a draft that the viewer cannot read. */
  find(id: string, viewer: PostViewer): Promise<Post | null>
  /** The posts with these ids, in one statement and any order, without those that `find` would not return. */
  findSome(ids: readonly string[], viewer: PostViewer): Promise<Post[]>
  /**
   * Inserts the post, if the quota of its author has room for it. Rejects with `UNAUTHENTICATED` when the
   * account was deleted.
   */
  create(post: NewPost, quota: PostQuota): Promise<PostCreation>
  /**
   * Changes a post that the viewer may change, if it has the expected version and the quota of its author has
   * room. A post that does not grow always has room. `now` becomes `updatedAt`, unless the post has that time
   * or a later one: then a millisecond is added to its time.
   */
  update(post: PostReference, change: PostChange, quota: PostQuota, now: Date): Promise<PostUpdate>
  /** Removes a post that the viewer may change, if it has the expected version. */
  delete(post: PostReference): Promise<PostDeletion>
}
