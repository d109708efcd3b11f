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
import { LimitRefusal } from './limit-refusal.ts'
import { LIMITS } from './limits.ts'
import { shapesIn } from './operation-shape.ts'
import type { Shape } from './shape.ts'

/** What is said of an operation that is too large, by what it is too large in. */
const SENTENCES = {
  depth: (asked) => `The operation is ${asked} fields deep`,
  introspectionDepth: (asked) => `The introspection is ${asked} fields deep`,
  rootFields: (asked) => `The operation has ${asked} root fields`,
  aliases: (asked) => `The operation has ${asked} aliases`,
  directives: (asked) => `The operation has ${asked} directives`,
  cost: (asked) => `The operation costs ${asked}`,
} as const satisfies Partial<Record<keyof Shape, (asked: number) => string>>

const MEASURED = Object.keys(SENTENCES) as (keyof typeof SENTENCES)[]

/** Refuses operations that are larger than `LIMITS` allow, and sensitive fields that do not stand alone. */
const operationSize: ValidationRule = (context) => {
  const shapeOf = shapesIn({
    schema: context.getSchema(),
    fragmentNamed: (name) => context.getFragment(name),
  })
  return {
    OperationDefinition(operation) {
      for (const sentence of refusalsOf(shapeOf(operation)))
        context.reportError(new LimitRefusal(sentence, operation))
    },
  }
}

function refusalsOf(shape: Shape): string[] {
  const sentences = MEASURED.filter((name) => shape[name] > LIMITS[name]).map(
    (name) => `${SENTENCES[name](shape[name])}; the limit is ${LIMITS[name]}.`,
  )
  if (shape.sensitiveFields > 0 && shape.rootFields > 1)
    sentences.push(
      `The operation has ${shape.rootFields} root fields; the limit is 1 where one of them takes or sends a secret.`,
    )
  return sentences
}

/** Refuses long lists in the document. */
const literalLists: ValidationRule = (context) => ({
  ListValue(list: ListValueNode) {
    if (list.values.length > LIMITS.listItems) context.reportError(longList(list.values.length, list))
  },
})

/** The guards that need the document alone, for Apollo's `validationRules`. Validated documents are remembered, so each costs once. */
export const GUARD_RULES: readonly ValidationRule[] = [operationSize, literalLists]

/** The guards' share of parsing: what is longer is not read to its end. */
export const PARSE_OPTIONS = { maxTokens: LIMITS.tokens } as const

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
    if (Array.isArray(value) && value.length > LIMITS.listItems)
      return new LimitRefusal(longList(value.length).message, undefined, 'BAD_USER_INPUT')
    for (const inner of Object.values(value)) waiting.push(inner)
  }
  return null
}

function longList(items: number, node?: ListValueNode): LimitRefusal {
  return new LimitRefusal(`A list has ${items} items; the limit is ${LIMITS.listItems}.`, node)
}
