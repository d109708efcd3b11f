import type { InfiniteData, QueryClient } from '@tanstack/react-query'
import { expectTypeOf } from 'vitest'
import type { LoginMutation, PostsQuery } from '../../src/documents.ts'
import {
  useLoginMutation,
  useLogoutMutation,
  usePostQuery,
  usePostsInfiniteQuery,
  usePostsQuery,
  usePostsSuspenseQuery,
  type GraphqlRequest,
} from '../../src/react/tanstack-query.ts'

// Compiled, never run: by `npm run check` here, and against the packed package in client/test/packaging.

export function useAcceptedCalls(queryClient: QueryClient, request: GraphqlRequest): void {
  expectTypeOf(usePostsQuery().data).toEqualTypeOf<PostsQuery | undefined>()
  usePostsQuery({ first: 5 }, { enabled: false, staleTime: 1000 })
  const titles = usePostsQuery({}, { select: ({ posts }) => posts.edges.map(({ node }) => node.title) })
  expectTypeOf(titles.data).toEqualTypeOf<string[] | undefined>()
  expectTypeOf(usePostQuery({ id: '1' }).data?.post.title).toEqualTypeOf<string | undefined>()
  expectTypeOf(usePostsSuspenseQuery({ first: 5 }).data).toEqualTypeOf<PostsQuery>()
  const pages = usePostsInfiniteQuery({ first: 5 })
  expectTypeOf(pages.data).toEqualTypeOf<InfiniteData<PostsQuery, string | null> | undefined>()
  void pages.fetchNextPage()
  const { data, mutate } = useLoginMutation({ onSuccess: ({ login }) => login.__typename })
  mutate({ input: { email: 'ada@example.com', password: '' } })
  expectTypeOf(data).toEqualTypeOf<LoginMutation | undefined>()
  useLogoutMutation().mutate()
  void queryClient.invalidateQueries({ queryKey: usePostsQuery.getKey() })
  expectTypeOf(queryClient.getQueryData(usePostsQuery.getKey({ first: 5 }))).toEqualTypeOf<
    PostsQuery | undefined
  >()
  void queryClient.prefetchQuery(usePostsQuery.getOptions(request, { first: 5 }))
  void queryClient.ensureQueryData(usePostQuery.getOptions(request, { id: '1' }))
}

export function useRejectedCalls(request: GraphqlRequest): void {
  // @ts-expect-error `first` is a number.
  usePostsQuery({ first: '5' })
  // @ts-expect-error There is no variable of this name.
  usePostsQuery({ frist: 5 })
  // @ts-expect-error `id` is required.
  usePostQuery()
  // @ts-expect-error `id` is required.
  usePostQuery({})
  // @ts-expect-error The hook sets the cursor.
  usePostsInfiniteQuery({ after: 'cursor' })
  // @ts-expect-error The hook sets the key.
  usePostsQuery({}, { queryKey: ['mine'] })
  // @ts-expect-error `input` is required.
  useLoginMutation().mutate()
  // @ts-expect-error `password` is required.
  useLoginMutation().mutate({ input: { email: 'ada@example.com' } })
  // @ts-expect-error `id` is required.
  void usePostQuery.getOptions(request)
  // @ts-expect-error Posts have no field of this name.
  void usePostsQuery().data?.posts.edges[0]?.node.titel
}
