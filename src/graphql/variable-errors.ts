import {
  coerceInputValue,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  type GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import type { FieldError } from '../core/field-errors.ts'
import type { RequestHooks, RequestPart } from './request-plugin.ts'

/** Path of a value in the variables: names of input fields and indexes of lists. */
type ValuePath = readonly (string | number)[]

/** graphql-js stops after as many errors. */
const MAX_ERRORS = 50
/** A field name that a client can have meant; any other text is not repeated. */
const FIELD_NAME = /^[_A-Za-z][_0-9A-Za-z]{0,63}$/

/**
 * Adds `fieldErrors` to the errors of variables. The messages of graphql-js quote the value, so clients never
 * get them: here the variables are checked again, and each problem is described by its path and the expected
 * type. Both checks find the same problems in the same order.
 */
export function describeVariableErrors(): RequestPart {
  const hooks: RequestHooks = {
    didEncounterErrors({ errors, operation, request, schema }) {
      const ofVariables = errors.filter(isVariableError)
      if (ofVariables.length === 0 || !operation) return
      const found = findVariableErrors(schema, operation, request.variables ?? {})
      for (const [index, error] of ofVariables.entries()) {
        const fieldError = found[index]
        if (fieldError) error.extensions['fieldErrors'] = [fieldError]
      }
    },
  }
  return () => hooks
}

/** Whether graphql-js rejected a variable. No error of a resolver is at the definition of a variable. */
function isVariableError({ nodes, message }: GraphQLError): boolean {
  return nodes?.[0]?.kind === Kind.VARIABLE_DEFINITION && message.startsWith('Variable "$')
}

/** The problems of the variables of an operation, at most 50, in the order of graphql-js. */
export function findVariableErrors(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): readonly FieldError[] {
  const problems: FieldError[] = []
  for (const { variable, type: typeNode, defaultValue } of variableDefinitions) {
    const name = variable.name.value
    const type = typeFromAST(schema, typeNode)
    if (!isInputType(type)) continue
    if (!Object.hasOwn(variables, name)) {
      if (!defaultValue && isNonNullType(type)) problems.push(describeMissing([name], String(type)))
    } else if (variables[name] === null && isNonNullType(type)) {
      problems.push(describeMissing([name], String(type)))
    } else {
      coerceInputValue(variables[name], type, (path, _value, { message }) => {
        if (problems.length < MAX_ERRORS) problems.push(describe(name, type, path, message))
      })
    }
  }
  return problems
}

/** Describes what `coerceInputValue` found. Of its message only the names of fields and types are used. */
function describe(name: string, type: GraphQLInputType, path: ValuePath, message: string): FieldError {
  const at = [name, ...path.map(String)]
  const [, missing, missingType] =
    /^Field "(\w+)" of required type "(.+)" was not provided/.exec(message) ?? []
  if (missing !== undefined && missingType !== undefined)
    return describeMissing([...at, missing], missingType)
  const [, unknown] = /^Field "(.*)" is not defined by type "\w+"/s.exec(message) ?? []
  if (unknown !== undefined) {
    const field = FIELD_NAME.test(unknown) ? [unknown] : []
    return { path: [...at, ...field], code: 'UNKNOWN_FIELD', message: 'is not a field of this input' }
  }
  const expected = findTypeAt(type, path)
  if (/^Exactly one key must be specified for OneOf type/.test(message))
    return { path: at, code: 'EXACTLY_ONE', message: `must have exactly one field of ${String(expected)}` }
  if (/^Field "\w+" must be non-null/.test(message))
    return { path: at, code: 'INVALID_TYPE', message: `must be of type ${String(expected)}!` }
  return { path: at, code: 'INVALID_TYPE', message: `must be of type ${String(expected)}` }
}

function describeMissing(path: readonly string[], type: string): FieldError {
  return { path, code: 'REQUIRED', message: `is required and must be of type ${type}` }
}

/** The declared type of the value at a path. */
function findTypeAt(type: GraphQLInputType, path: ValuePath): GraphQLInputType {
  return path.reduce<GraphQLInputType>((outer, step) => {
    const nullable = getNullableType(outer)
    if (isListType(nullable)) return nullable.ofType
    return isInputObjectType(nullable) ? (nullable.getFields()[step]?.type ?? outer) : outer
  }, type)
}
