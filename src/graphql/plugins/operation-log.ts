import { Kind, type DocumentNode, type GraphQLFormattedError, type OperationDefinitionNode } from 'graphql'
import type { OperationFacts } from '../context.ts'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'

/** Longest name of an operation in the log, in characters. */
export const MAX_OPERATION_NAME = 64
/** Most codes and ids of one response in the log. */
const MAX_ERRORS = 5

/** Hands the name and the errors of each operation to `Context.logOperation`. */
export function logOperations(): RequestPart {
  const hooks: RequestHooks = {
    willSendResponse({ operation, document, response: { body }, contextValue }) {
      const name = (operation ?? findOperation(document))?.name?.value ?? null
      const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
      contextValue.logOperation({
        operation: name?.slice(0, MAX_OPERATION_NAME) ?? null,
        ...describeErrors(errors),
      })
    },
  }
  return () => hooks
}

/** The only operation of a document that validation rejected. */
function findOperation(document: DocumentNode | undefined): OperationDefinitionNode | null {
  const operations = document?.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION) ?? []
  const [first] = operations
  return operations.length === 1 && first?.kind === Kind.OPERATION_DEFINITION ? first : null
}

function describeErrors(errors: readonly GraphQLFormattedError[]): Omit<OperationFacts, 'operation'> {
  const codes = listExtensions(errors, 'code')
  const errorIds = listExtensions(errors, 'errorId')
  return { ...(codes.length > 0 && { codes }), ...(errorIds.length > 0 && { errorIds }) }
}

/** The different values of an extension, at most five. */
export function listExtensions(errors: readonly GraphQLFormattedError[], name: string): string[] {
  const values = errors
    .map(({ extensions }) => extensions?.[name])
    .filter((value) => typeof value === 'string')
  return [...new Set(values)].slice(0, MAX_ERRORS)
}
