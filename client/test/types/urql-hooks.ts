import { expectTypeOf } from 'vitest'
import type { LoginMutation, PostsQuery } from '../../src/documents.ts'
import {
  useLoginMutation,
  usePostQuery,
  usePostsQuery,
  useSessionEventsSubscription,
} from '../../src/react/urql.ts'

// Compiled, never run: by `npm run check` here, and against the packed package in client/test/packaging.

export function useAcceptedCalls(isSignedIn: boolean): void {
  expectTypeOf(usePostsQuery()[0].data).toEqualTypeOf<PostsQuery | undefined>()
  usePostsQuery({ pause: true })
  usePostsQuery({ variables: { first: 5 }, requestPolicy: 'network-only' })
  expectTypeOf(usePostQuery({ variables: { id: '1' } })[0].data?.post.title).toEqualTypeOf<
    string | undefined
  >()
  const [{ data }, login] = useLoginMutation()
  void login({ input: { email: 'ada@example.com', password: '' } })
  expectTypeOf(data).toEqualTypeOf<LoginMutation | undefined>()
  useSessionEventsSubscription()
  const [count] = useSessionEventsSubscription(
    { pause: !isSignedIn },
    (before: number | undefined, event) => {
      expectTypeOf(event.sessionEvents.sessionId).toEqualTypeOf<string>()
      return (before ?? 0) + 1
    },
  )
  expectTypeOf(count.data).toEqualTypeOf<number | undefined>()
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
  const [, login] = useLoginMutation()
  // @ts-expect-error `password` is required.
  void login({ input: { email: 'ada@example.com' } })
  // @ts-expect-error The subscription has no variables.
  useSessionEventsSubscription({ variables: { id: '1' } })
  // @ts-expect-error Posts have no field of this name.
  void usePostsQuery()[0].data?.posts.edges[0]?.node.titel
}
