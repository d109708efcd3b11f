import { skipToken } from '@apollo/client/react'
import { expectTypeOf } from 'vitest'
import type { LoginMutation, PostsQuery, SessionEventKind } from '../../src/documents.ts'
import {
  useDeletePostMutation,
  useLoginMutation,
  usePostQuery,
  usePostSuspenseQuery,
  usePostsLazyQuery,
  usePostsQuery,
  usePostsSuspenseQuery,
  useSessionEventsSubscription,
} from '../../src/react/apollo.ts'

// Compiled, never run: by `npm run check` here, and against the packed package in client/test/packaging.

export function useAcceptedCalls(isSignedIn: boolean): void {
  expectTypeOf(usePostsQuery().data).toEqualTypeOf<PostsQuery | undefined>()
  expectTypeOf(usePostsQuery({ variables: { first: 5 } }).data?.posts.edges[0]?.node.title).toEqualTypeOf<
    string | undefined
  >()
  usePostQuery(isSignedIn ? { variables: { id: '1' } } : skipToken)
  expectTypeOf(usePostsSuspenseQuery().data).toEqualTypeOf<PostsQuery>()
  expectTypeOf(usePostsSuspenseQuery({ errorPolicy: 'all' }).data).toEqualTypeOf<PostsQuery | undefined>()
  expectTypeOf(usePostSuspenseQuery({ variables: { id: '1' } }).data.post.title).toEqualTypeOf<string>()
  const [loadPosts, posts] = usePostsLazyQuery({ fetchPolicy: 'network-only' })
  void loadPosts({ variables: { first: 5 } })
  void loadPosts()
  expectTypeOf(posts.data).toEqualTypeOf<PostsQuery | undefined>()
  const [login, { data }] = useLoginMutation()
  void login({ variables: { input: { email: 'ada@example.com', password: '' } } })
  expectTypeOf(data).toEqualTypeOf<LoginMutation | null | undefined>()
  const [deletePost] = useDeletePostMutation({ variables: { id: '1' } })
  void deletePost()
  void deletePost({ variables: { expectedUpdatedAt: '2026-01-31T08:00:00.000Z' } })
  const event = useSessionEventsSubscription({ skip: !isSignedIn }).data?.sessionEvents
  expectTypeOf(event?.kind).toEqualTypeOf<SessionEventKind | undefined>()
}

export function useRejectedCalls(): void {
  // @ts-expect-error `first` is a number.
  usePostsQuery({ variables: { first: '5' } })
  // @ts-expect-error There is no variable of this name.
  usePostsQuery({ variables: { frist: 5 } })
  // @ts-expect-error `id` is required.
  usePostQuery()
  // @ts-expect-error `id` is required.
  usePostQuery({ variables: {} })
  // @ts-expect-error `id` is required.
  usePostSuspenseQuery({ fetchPolicy: 'cache-first' })
  const [loadPosts] = usePostsLazyQuery()
  // @ts-expect-error `filter` is an object.
  void loadPosts({ variables: { filter: 'published' } })
  const [login] = useLoginMutation()
  // @ts-expect-error `input` is required.
  void login()
  // @ts-expect-error `password` is required.
  void login({ variables: { input: { email: 'ada@example.com' } } })
  const [deletePost] = useDeletePostMutation({ variables: { expectedUpdatedAt: null } })
  // @ts-expect-error `id` is still required.
  void deletePost()
  // @ts-expect-error The subscription has no variables.
  useSessionEventsSubscription({ variables: { id: '1' } })
  // @ts-expect-error Posts have no field of this name.
  void usePostsQuery().data?.posts.edges[0]?.node.titel
}
