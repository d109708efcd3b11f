import type { DocumentNode, OperationVariables } from '@apollo/client'
import {
  useLazyQuery,
  useMutation,
  useQuery,
  useSubscription,
  useSuspenseQuery,
  type SkipToken,
} from '@apollo/client/react'
import type { ArgumentFor, TypedDocumentNode } from '../typed-document.ts'

// Hooks of Apollo Client for one document each. Apollo's hooks are overloaded, and a wrapper would lose all
// overloads but one: these are Apollo's own hooks bound to a document, with the overloads declared again.

type States = 'empty' | 'complete' | 'streaming'

/** `useQuery` for one document. */
export interface QueryHook<Data, Variables extends OperationVariables> {
  (
    options: useQuery.Options<Data, Variables> & { returnPartialData: true },
  ): useQuery.Result<Data, Variables, States | 'partial'>
  (
    ...options: ArgumentFor<Variables, useQuery.Options<Data, Variables>>
  ): useQuery.Result<Data, Variables, States>
  (
    options: SkipToken | useQuery.Options<Data, Variables>,
  ): useQuery.Result<Data, Variables, States, Partial<Variables>>
}

/** `useSuspenseQuery` for one document. */
export interface SuspenseQueryHook<Data, Variables extends OperationVariables> {
  (
    options: useSuspenseQuery.Options<Variables> & { returnPartialData: true },
  ): useSuspenseQuery.Result<Data, Variables, States | 'partial'>
  (
    options: useSuspenseQuery.Options<Variables> & ({ errorPolicy: 'ignore' | 'all' } | { skip: boolean }),
  ): useSuspenseQuery.Result<Data, Variables, States>
  (
    ...options: ArgumentFor<Variables, useSuspenseQuery.Options<Variables>>
  ): useSuspenseQuery.Result<Data, Variables, 'complete' | 'streaming'>
  (options: SkipToken | useSuspenseQuery.Options<Variables>): useSuspenseQuery.Result<Data, Variables, States>
}

/** `useLazyQuery` for one document. */
export interface LazyQueryHook<Data, Variables extends OperationVariables> {
  (
    options: useLazyQuery.Options<Data, Variables> & { returnPartialData: true },
  ): useLazyQuery.ResultTuple<Data, Variables, States | 'partial'>
  (options?: useLazyQuery.Options<Data, Variables>): useLazyQuery.ResultTuple<Data, Variables, States>
}

/** Variables that a mutation still requires when some are options of its hook. */
type RemainingVariables<Variables, Configured> = Omit<Variables, keyof Configured> &
  Partial<Pick<Variables, keyof Configured & keyof Variables>>

/** `useMutation` for one document. Variables among its options need not be repeated in calls. */
export interface MutationHook<Data, Variables extends OperationVariables> {
  (options?: MutationOptions<Data, Variables>): useMutation.ResultTuple<Data, Variables>
  <Configured extends Partial<Variables>>(
    options: MutationOptions<Data, Variables> & { variables: Configured },
  ): useMutation.ResultTuple<Data, RemainingVariables<Variables, Configured>>
}

type MutationOptions<Data, Variables extends OperationVariables> = Omit<
  useMutation.Options<Data, Variables>,
  'variables'
>

/** `useSubscription` for one document. */
export type SubscriptionHook<Data, Variables extends OperationVariables> = (
  ...options: ArgumentFor<Variables, SkipToken | useSubscription.Options<Data, Variables>>
) => useSubscription.Result<Data>

/** Binds `useQuery` to a document. */
export function createQueryHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
): QueryHook<Data, Variables> {
  return bindDocument(useQuery, document) as QueryHook<Data, Variables>
}

/** Binds `useSuspenseQuery` to a document. */
export function createSuspenseQueryHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
): SuspenseQueryHook<Data, Variables> {
  return bindDocument(useSuspenseQuery, document) as SuspenseQueryHook<Data, Variables>
}

/** Binds `useLazyQuery` to a document. */
export function createLazyQueryHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
): LazyQueryHook<Data, Variables> {
  return bindDocument(useLazyQuery, document) as LazyQueryHook<Data, Variables>
}

/** Binds `useMutation` to a document. */
export function createMutationHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
): MutationHook<Data, Variables> {
  return bindDocument(useMutation, document) as MutationHook<Data, Variables>
}

/** Binds `useSubscription` to a document. */
export function createSubscriptionHook<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
): SubscriptionHook<Data, Variables> {
  return bindDocument(useSubscription, document) as SubscriptionHook<Data, Variables>
}

/** The hook with its first argument set. Its type is the caller's to declare. */
function bindDocument(hook: (...values: never[]) => unknown, document: DocumentNode): unknown {
  return (hook as (...values: unknown[]) => unknown).bind(null, document)
}
