import type { GraphQLFormattedError } from 'graphql'
import type { OperationFacts } from '../context.ts'
import type { OperationOutcome } from './operation-outcomes.ts'

/** Longest name of an operation in the log, in characters. */
export const MAX_OPERATION_NAME = 64
/** Most codes and ids of one response in the log. */
const MAX_ERRORS = 5

/** Hands the name and the errors of an operation to `Context.logOperation`. */
export function logOperation({ name, errors, context }: OperationOutcome): void {
  context.logOperation({ operation: name?.slice(0, MAX_OPERATION_NAME) ?? null, ...describeErrors(errors) })
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
