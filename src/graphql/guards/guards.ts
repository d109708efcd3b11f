import {
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type ListValueNode,
  type ValidationRule,
} from 'graphql'
import type { ApolloServerPlugin } from '@apollo/server'
import type { Context } from '../context.ts'
import { LimitRefusal, type Excess } from './limit-refusal.ts'
import { DOCUMENT_LIMITS } from './document-limits.ts'
import { shapesIn } from './operation-shape.ts'
import type { Shape } from './shape.ts'

/** In what an operation can be too large. */
const MEASURED = ['depth', 'introspectionDepth', 'rootFields', 'aliases', 'directives', 'cost'] as const

/** Refuses operations that are larger than `DOCUMENT_LIMITS` allow, and sensitive fields that do not stand alone. */
const operationSize: ValidationRule = (context) => {
  const shapeOf = shapesIn({
    schema: context.getSchema(),
    fragmentNamed: (name) => context.getFragment(name),
  })
  return {
    OperationDefinition(operation) {
      for (const excess of excessesOf(shapeOf(operation)))
        context.reportError(new LimitRefusal(excess, operation))
    },
  }
}

function excessesOf(shape: Shape): Excess[] {
  const excesses: Excess[] = MEASURED.filter((name) => shape[name] > DOCUMENT_LIMITS[name]).map((name) => ({
    of: name,
    asked: shape[name],
    limit: DOCUMENT_LIMITS[name],
  }))
  if (shape.sensitiveFields > 0 && shape.rootFields > 1)
    excesses.push({ of: 'sensitiveFields', asked: shape.rootFields, limit: 1 })
  return excesses
}

/** Refuses long lists in the document. */
const literalLists: ValidationRule = (context) => ({
  ListValue(list: ListValueNode) {
    if (list.values.length > DOCUMENT_LIMITS.listItems)
      context.reportError(new LimitRefusal(longList(list.values.length), list))
  },
})

/** The guards that need the document alone, for Apollo's `validationRules`. Validated documents are remembered, so each costs once. */
export const GUARD_RULES: readonly ValidationRule[] = [operationSize, literalLists]

/** The guards' share of parsing: what is longer is not read to its end. */
export const PARSE_OPTIONS = { maxTokens: DOCUMENT_LIMITS.tokens } as const

/** Validates as Apollo does here, for transports that Apollo does not serve. */
export function validateGuarded(schema: GraphQLSchema, document: DocumentNode) {
  return validate(schema, document, [...specifiedRules, ...GUARD_RULES])
}

/** The guards that need the variables, before any resolver runs. */
export function guardPlugin(): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ request }) {
          const refusal = variablesRefusal(request.variables)
          if (refusal) throw refusal
        },
      }
    },
  }
}

/** The refusal of variables that hold a long list at any depth; null where they hold none. */
export function variablesRefusal(variables: unknown): LimitRefusal | null {
  const waiting: unknown[] = [variables]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value) && value.length > DOCUMENT_LIMITS.listItems)
      return new LimitRefusal(longList(value.length), undefined, 'BAD_USER_INPUT')
    for (const inner of Object.values(value)) waiting.push(inner)
  }
  return null
}

function longList(items: number): Excess {
  return { of: 'listItems', asked: items, limit: DOCUMENT_LIMITS.listItems }
}
