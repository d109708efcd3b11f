import {
  Kind,
  type DocumentNode,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql'
import type { Context } from '../context.ts'
import type { RequestPart } from '../request-plugin.ts'

/** What is known of an operation without its document, which would be larger. */
export interface OperationSummary {
  readonly type: OperationTypeNode
  /** As the client chose it, of any length; null for an anonymous operation. */
  readonly name: string | null
  /** Name of the only root field in the schema; null if there are several, or a fragment. */
  readonly rootField: string | null
}

/** An operation whose response is about to be sent. */
export interface OperationOutcome {
  /** Null if no operation was executed. */
  readonly operation: OperationSummary | null
  /** Name of the operation, also of the only one in a document that was rejected. */
  readonly name: string | null
  /** Errors of the response. */
  readonly errors: readonly GraphQLFormattedError[]
  /** Duration so far, in seconds. */
  readonly seconds: number
  readonly context: Context
}

/** Logs, measures or describes an operation. */
export type ObserveOperation = (outcome: OperationOutcome) => void

/** Calls `observe` for each operation that Apollo Server processes. */
export function observeOperations(observe: ObserveOperation): RequestPart {
  return () => {
    const startedAt = performance.now()
    return {
      willSendResponse({ document, operation: node, response: { body }, contextValue: context }) {
        const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
        const operation = node ? summarizeOperation(node) : null
        const name = operation ? operation.name : findName(document)
        const seconds = (performance.now() - startedAt) / 1000
        observe({ operation, name, errors, seconds, context })
      },
    }
  }
}

/** What the observers need of an operation. */
export function summarizeOperation(node: OperationDefinitionNode): OperationSummary {
  const { operation: type, name, selectionSet } = node
  const [first] = selectionSet.selections
  const isField = selectionSet.selections.length === 1 && first?.kind === Kind.FIELD
  return { type, name: name?.value ?? null, rootField: isField ? first.name.value : null }
}

/** The name of the only operation in a document that was rejected. */
function findName(document: DocumentNode | undefined): string | null {
  const operations = document?.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION) ?? []
  const [first] = operations
  const isOnly = operations.length === 1 && first?.kind === Kind.OPERATION_DEFINITION
  return isOnly ? (first.name?.value ?? null) : null
}
