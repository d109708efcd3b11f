import { createContext, useContext } from 'react'
import type { TypedDocumentNode } from '../typed-document.ts'

/**
 * Sends a document and returns its data. Throws on errors of the network and of GraphQL. `signal` aborts when
 * the result is no longer needed.
 */
export type GraphqlRequest = <Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  signal: AbortSignal | undefined,
) => Promise<Data>

const RequestContext = /* @__PURE__ */ createContext<GraphqlRequest | null>(null)

/** Gives the hooks below it the function that sends requests, as `value`. */
export const GraphqlRequestProvider = RequestContext.Provider

/** The function of the nearest provider. Throws outside of one. */
export function useGraphqlRequest(): GraphqlRequest {
  const request = useContext(RequestContext)
  if (!request) throw new Error('Hooks of TanStack Query need a GraphqlRequestProvider above them.')
  return request
}
