import type { DocumentNode } from 'graphql'

/**
 * A document with the types of its result and variables. It has the structure of the `TypedDocumentNode` that
 * Apollo Client, urql and graphql-request accept, and is declared here so that the package depends on none.
 */
export interface TypedDocumentNode<Result = unknown, Variables = unknown> extends DocumentNode {
  /** Carries the types; no value has it. */
  readonly __apiType?: (variables: Variables) => Result
}

/** Whether an object without properties is enough for the variables of a document. */
export type RequiresNone<Variables> = Record<never, never> extends Variables ? true : false

/** A rest argument that may be omitted where a document requires no variables. */
export type ArgumentFor<Variables, Argument> =
  RequiresNone<Variables> extends true ? [argument?: Argument] : [argument: Argument]

/** `variables` of options, which may be omitted where a document requires none. */
export type VariablesOption<Variables> =
  RequiresNone<Variables> extends true
    ? { readonly variables?: Variables }
    : { readonly variables: Variables }
