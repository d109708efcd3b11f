import {
  TokenKind,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ListValueNode,
  type ValidationRule,
} from 'graphql'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'
import { LimitRefusal, type Excess } from './limit-refusal.ts'
import { DOCUMENT_LIMITS } from './document-limits.ts'
import { createShapeMeter } from './operation-shape.ts'
import type { Shape } from './shape.ts'

/** The numbers of a shape that have a limit. */
const MEASURED = ['depth', 'introspectionDepth', 'rootFields', 'aliases', 'directives', 'cost'] as const

/**
 * Rejects operations that exceed `DOCUMENT_LIMITS`, and sensitive fields that are not the only root field.
 */
const operationSize: ValidationRule = (context) => {
  const measure = createShapeMeter({
    schema: context.getSchema(),
    fragmentNamed: (name) => context.getFragment(name),
  })
  return {
    OperationDefinition(operation) {
      for (const excess of listExcesses(measure(operation)))
        context.reportError(new LimitRefusal(excess, operation))
    },
  }
}

function listExcesses(shape: Shape): Excess[] {
  const excesses: Excess[] = MEASURED.filter((name) => shape[name] > DOCUMENT_LIMITS[name]).map((name) => ({
    of: name,
    asked: shape[name],
    limit: DOCUMENT_LIMITS[name],
  }))
  if (shape.sensitiveFields > 0 && shape.rootFields > 1)
    excesses.push({ of: 'sensitiveFields', asked: shape.rootFields, limit: 1 })
  return excesses
}

/** Rejects long lists in the document. */
const literalLists: ValidationRule = (context) => ({
  ListValue(list: ListValueNode) {
    if (list.values.length > DOCUMENT_LIMITS.listItems)
      context.reportError(new LimitRefusal(toListExcess(list.values.length), list))
  },
})

/**
 * Rejects more comments than tokens could be, which the parser does not count: graphql-js keeps each of them
 * in memory for as long as the document, such as that of a subscription.
 */
const comments: ValidationRule = (context) => ({
  Document(document) {
    const asked = countComments(document)
    const limit = DOCUMENT_LIMITS.tokens
    if (asked > limit) context.reportError(new LimitRefusal({ of: 'tokens', asked, limit }))
  },
})

function countComments({ loc }: DocumentNode): number {
  let count = 0
  for (let token = loc?.startToken; token; token = token.next ?? undefined)
    if (token.kind === TokenKind.COMMENT) count += 1
  return count
}

/**
 * The guards of documents, for Apollo's `validationRules`. Apollo caches validated documents, so each is
 * checked once.
 */
export const GUARD_RULES: readonly ValidationRule[] = [operationSize, literalLists, comments]

/** Options of the parser, which stops at the limit of tokens. */
export const PARSE_OPTIONS = { maxTokens: DOCUMENT_LIMITS.tokens } as const

/** Validation stops at this number of errors; each may compare a name with all names of a type. */
export const VALIDATION_OPTIONS = { maxErrors: 20 } as const

/** Validates a document as Apollo does, for transports that Apollo does not serve. */
export function validateGuarded(schema: GraphQLSchema, document: DocumentNode) {
  return validate(schema, document, [...specifiedRules, ...GUARD_RULES], VALIDATION_OPTIONS)
}

/** The guards of variables, which run before any resolver. */
export function guardVariables(): RequestPart {
  const hooks: RequestHooks = {
    didResolveOperation({ request }) {
      const refusal = findVariablesRefusal(request.variables)
      if (refusal) throw refusal
    },
  }
  return () => hooks
}

/** Returns the refusal of variables with a long list at any depth, or too many values; null for others. */
export function findVariablesRefusal(variables: unknown): LimitRefusal | null {
  const unvisited: unknown[] = Object.values(variables ?? {})
  let values = 0
  while (unvisited.length > 0) {
    const value = unvisited.pop()
    values += 1
    if (values > DOCUMENT_LIMITS.variableValues)
      return new LimitRefusal(TOO_MANY_VALUES, undefined, 'BAD_USER_INPUT')
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value) && value.length > DOCUMENT_LIMITS.listItems)
      return new LimitRefusal(toListExcess(value.length), undefined, 'BAD_USER_INPUT')
    for (const inner of Object.values(value)) unvisited.push(inner)
  }
  return null
}

/** The values are not counted to the end. */
const TOO_MANY_VALUES: Excess = {
  of: 'variableValues',
  asked: Number.POSITIVE_INFINITY,
  limit: DOCUMENT_LIMITS.variableValues,
}

function toListExcess(items: number): Excess {
  return { of: 'listItems', asked: items, limit: DOCUMENT_LIMITS.listItems }
}
