import {
  useInfiniteQuery,
  type InfiniteData,
  type UseInfiniteQueryOptions,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query'
import type { TypedDocumentNode } from '../typed-document.ts'
import { useGraphqlRequest } from './graphql-request.ts'
import type { HookArguments } from './tanstack-query-hooks.ts'

// Hooks of TanStack Query for Relay connections: each page begins after the last cursor of the page before.

/** `pageInfo` of a page, as far as the next page depends on it. */
export interface NextPageInfo {
  readonly hasNextPage: boolean
  readonly endCursor?: string | null | undefined
}

/** Key of an infinite query. It begins with the same name as the key of the query of one page. */
export type InfiniteQueryKeyFor<Variables> = readonly [
  name: string,
  kind: 'infinite',
  variables?: Variables | undefined,
]

/** Cursor of a page; null for the first. */
export type Cursor = string | null

/** Options of TanStack Query without those that the hook sets. */
export type InfiniteQueryOptionsFor<Data, Variables, Selected> = Omit<
  UseInfiniteQueryOptions<Data, Error, Selected, InfiniteQueryKeyFor<Variables>, Cursor>,
  'queryKey' | 'queryFn' | 'initialPageParam' | 'getNextPageParam' | 'getPreviousPageParam'
>

/** `useInfiniteQuery` for one document. The hook sets the variable of the cursor. */
export interface InfiniteQueryHook<Data, Variables> {
  <Selected = InfiniteData<Data, Cursor>>(
    ...args: HookArguments<Variables, InfiniteQueryOptionsFor<Data, Variables, Selected>>
  ): UseInfiniteQueryResult<Selected>
  /** The key of a list; without variables the beginning of all keys of this infinite query. */
  getKey(variables?: Variables): InfiniteQueryKeyFor<Variables>
}

/** Makes a hook that collects the pages of a connection. `cursor`: the variable of the cursor. */
export function createInfiniteQueryHook<Data, Variables, Name extends keyof Variables & string>(
  name: string,
  document: TypedDocumentNode<Data, Variables>,
  cursor: Name,
  readPageInfo: (page: Data) => NextPageInfo | null | undefined,
): InfiniteQueryHook<Data, Omit<Variables, Name>> {
  type Others = Omit<Variables, Name>
  const getKey = (variables?: Others): InfiniteQueryKeyFor<Others> =>
    variables === undefined ? [name, 'infinite'] : [name, 'infinite', variables]
  const useDocument = <Selected>(
    variables = {} as Others,
    options?: InfiniteQueryOptionsFor<Data, Others, Selected>,
  ): UseInfiniteQueryResult<Selected> => {
    const request = useGraphqlRequest()
    return useInfiniteQuery({
      ...options,
      queryKey: getKey(variables),
      queryFn: ({ pageParam, signal }) =>
        request(document, { ...variables, [cursor]: pageParam } as Variables, signal),
      initialPageParam: null,
      getNextPageParam: (page) => findNextCursor(readPageInfo(page)),
    })
  }
  return Object.assign(useDocument, { getKey })
}

/** The cursor that the next page begins after; undefined after the last page. */
function findNextCursor(page: NextPageInfo | null | undefined): Cursor | undefined {
  return page?.hasNextPage ? (page.endCursor ?? undefined) : undefined
}
