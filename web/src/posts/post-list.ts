import type { PostsQueryVariables } from '../generated/graphql.ts'

/** Posts of one page. */
export const PAGE_SIZE = 20

/** Variables of the list without a search. */
export const FIRST_PAGE: PostsQueryVariables = { first: PAGE_SIZE, filter: null }

/** Variables of the list for a search; all posts for an empty one. */
export function toListVariables(search: string): PostsQueryVariables {
  return search.trim() === '' ? FIRST_PAGE : { first: PAGE_SIZE, filter: { search: search.trim() } }
}
