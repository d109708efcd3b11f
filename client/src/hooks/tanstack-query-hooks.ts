import {
  useMutation,
  useQuery,
  useSuspenseQuery,
  type DataTag,
  type UseMutationOptions,
  type UseMutationResult,
  type UseQueryOptions,
  type UseQueryResult,
  type UseSuspenseQueryOptions,
  type UseSuspenseQueryResult,
} from '@tanstack/react-query'
import type { ArgumentFor, RequiresNone, TypedDocumentNode } from '../typed-document.ts'
import { useGraphqlRequest, type GraphqlRequest } from './graphql-request.ts'

// Hooks of TanStack Query for one document each.

/** Key of a query: the name of the operation, then its variables. */
export type QueryKeyFor<Variables> = readonly [name: string, variables?: Variables | undefined]

/** Options of TanStack Query without those that the hook sets. */
export type QueryOptionsFor<Data, Variables, Selected> = Omit<
  UseQueryOptions<Data, Error, Selected, QueryKeyFor<Variables>>,
  'queryKey' | 'queryFn'
>

/** Options of a suspense query without those that the hook sets. */
export type SuspenseQueryOptionsFor<Data, Variables, Selected> = Omit<
  UseSuspenseQueryOptions<Data, Error, Selected, QueryKeyFor<Variables>>,
  'queryKey' | 'queryFn'
>

/** Options of a mutation without those that the hook sets. */
export type MutationOptionsFor<Data, Variables, Context> = Omit<
  UseMutationOptions<Data, Error, Variables, Context>,
  'mutationKey' | 'mutationFn'
>

/** `variables` and options of a hook; variables may be omitted where a document requires none. */
export type HookArguments<Variables, Options> =
  RequiresNone<Variables> extends true
    ? [variables?: Variables, options?: Options]
    : [variables: Variables, options?: Options]

/** The key of a query with the type of its data, for `getQueryData` and `setQueryData`. */
export type TypedKey<Data, Variables> = DataTag<QueryKeyFor<Variables>, Data, Error>

/** What each hook of a query has besides the call. */
export interface QueryFunctions<Data, Variables> {
  /** The key of a result; without variables the beginning of all keys of this query. */
  getKey(variables?: Variables): TypedKey<Data, Variables>
  /** Options for `prefetchQuery`, `ensureQueryData` and `useQueries`. */
  getOptions(
    request: GraphqlRequest,
    ...variables: ArgumentFor<Variables, Variables>
  ): {
    readonly queryKey: TypedKey<Data, Variables>
    readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Data>
  }
}

/** `useQuery` for one document. */
export interface QueryHook<Data, Variables> extends QueryFunctions<Data, Variables> {
  <Selected = Data>(
    ...args: HookArguments<Variables, QueryOptionsFor<Data, Variables, Selected>>
  ): UseQueryResult<Selected>
}

/** `useSuspenseQuery` for one document. */
export interface SuspenseQueryHook<Data, Variables> extends QueryFunctions<Data, Variables> {
  <Selected = Data>(
    ...args: HookArguments<Variables, SuspenseQueryOptionsFor<Data, Variables, Selected>>
  ): UseSuspenseQueryResult<Selected>
}

/** What `mutate` takes: nothing is enough where a document requires no variables. */
export type MutationVariables<Variables> = RequiresNone<Variables> extends true ? Variables | void : Variables

/** `useMutation` for one document. */
export interface MutationHook<Data, Variables> {
  <Context = unknown>(
    options?: MutationOptionsFor<Data, MutationVariables<Variables>, Context>,
  ): UseMutationResult<Data, Error, MutationVariables<Variables>, Context>
  /** The key of the mutation, for `useIsMutating` and `useMutationState`. */
  getKey(): readonly [name: string]
}

/** Makes a hook that runs a query when it is rendered. */
export function createQueryHook<Data, Variables>(
  name: string,
  document: TypedDocumentNode<Data, Variables>,
): QueryHook<Data, Variables> {
  const functions = createQueryFunctions(name, document)
  const useDocument = <Selected>(
    variables?: Variables,
    options?: QueryOptionsFor<Data, Variables, Selected>,
  ): UseQueryResult<Selected> =>
    useQuery({ ...options, ...functions.toQuery(useGraphqlRequest(), variables) })
  return Object.assign(useDocument, functions.exposed)
}

/** Makes a hook that suspends until the result of a query is there. */
export function createSuspenseQueryHook<Data, Variables>(
  name: string,
  document: TypedDocumentNode<Data, Variables>,
): SuspenseQueryHook<Data, Variables> {
  const functions = createQueryFunctions(name, document)
  const useDocument = <Selected>(
    variables?: Variables,
    options?: SuspenseQueryOptionsFor<Data, Variables, Selected>,
  ): UseSuspenseQueryResult<Selected> =>
    useSuspenseQuery({ ...options, ...functions.toQuery(useGraphqlRequest(), variables) })
  return Object.assign(useDocument, functions.exposed)
}

/** Makes a hook of a mutation. */
export function createMutationHook<Data, Variables>(
  name: string,
  document: TypedDocumentNode<Data, Variables>,
): MutationHook<Data, Variables> {
  const mutationKey = [name] as const
  type Given = MutationVariables<Variables>
  const useDocument = <Context>(options?: MutationOptionsFor<Data, Given, Context>) => {
    const request = useGraphqlRequest()
    const mutationFn = (variables: Given) => request(document, (variables ?? {}) as Variables, undefined)
    return useMutation({ ...options, mutationKey, mutationFn })
  }
  return Object.assign(useDocument, { getKey: () => mutationKey })
}

function createQueryFunctions<Data, Variables>(name: string, document: TypedDocumentNode<Data, Variables>) {
  const getKey = (variables?: Variables) =>
    (variables === undefined ? [name] : [name, variables]) as unknown as TypedKey<Data, Variables>
  // Queries that require no variables have one key, whether `{}` is given or nothing.
  const toQuery = (request: GraphqlRequest, variables = {} as Variables) => ({
    queryKey: getKey(variables),
    queryFn: ({ signal }: { readonly signal: AbortSignal }) => request(document, variables, signal),
  })
  const getOptions: QueryFunctions<Data, Variables>['getOptions'] = (request, ...[variables]) =>
    toQuery(request, variables)
  return { toQuery, exposed: { getKey, getOptions } }
}
