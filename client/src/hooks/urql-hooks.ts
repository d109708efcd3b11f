import {
  useMutation,
  useQuery,
  useSubscription,
  type AnyVariables,
  type SubscriptionHandler,
  type UseMutationResponse,
  type UseQueryArgs,
  type UseQueryResponse,
  type UseSubscriptionArgs,
  type UseSubscriptionResponse,
} from 'urql'
import type { ArgumentFor, TypedDocumentNode, VariablesOption } from '../typed-document.ts'

// Hooks of urql for one document each.

/** Options of a query: `variables`, `requestPolicy`, `pause` and `context`. */
export type QueryOptions<Variables> = Pick<UseQueryArgs, 'requestPolicy' | 'pause' | 'context'> &
  VariablesOption<Variables>

/** Options of a subscription: `variables`, `pause` and `context`. */
export type SubscriptionOptions<Variables> = Pick<UseSubscriptionArgs, 'pause' | 'context'> &
  VariablesOption<Variables>

/** `useQuery` for one document. */
export type QueryHook<Data, Variables extends AnyVariables> = (
  ...options: ArgumentFor<Variables, QueryOptions<Variables>>
) => UseQueryResponse<Data, Variables>

/** `useMutation` for one document. */
export type MutationHook<Data, Variables extends AnyVariables> = () => UseMutationResponse<Data, Variables>

/** `useSubscription` for one document. The handler combines each event with what it returned before. */
export interface SubscriptionHook<Data, Variables extends AnyVariables> {
  (
    ...options: ArgumentFor<Variables, SubscriptionOptions<Variables>>
  ): UseSubscriptionResponse<Data, Variables>
  <Result>(
    options: SubscriptionOptions<Variables>,
    handler: SubscriptionHandler<Data, Result>,
  ): UseSubscriptionResponse<Result, Variables>
}

/** Binds `useQuery` to a document. */
export function createQueryHook<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): QueryHook<Data, Variables> {
  return (...[options]) => useQuery<Data, Variables>(toRequest<Data, Variables>(document, options))
}

/** Binds `useMutation` to a document. */
export function createMutationHook<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): MutationHook<Data, Variables> {
  return () => useMutation<Data, Variables>(document)
}

/** Binds `useSubscription` to a document. */
export function createSubscriptionHook<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
): SubscriptionHook<Data, Variables> {
  return <Result>(options?: SubscriptionOptions<Variables>, handler?: SubscriptionHandler<Data, Result>) =>
    useSubscription<Data, Result, Variables>(toRequest<Data, Variables>(document, options), handler)
}

/** Options of a hook with the document. The hook's own types have checked the variables. */
function toRequest<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  options: (QueryOptions<Variables> | SubscriptionOptions<Variables>) | undefined,
) {
  return { ...options, query, variables: options?.variables as Variables }
}
