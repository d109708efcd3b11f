import { Kind, type DocumentNode, type GraphQLSchema, type OperationDefinitionNode } from 'graphql'
import { createShapeMeter } from './operation-shape.ts'

/** Returns the cost of an operation of a valid document. */
export type MeasureCost = (
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
) => number

/** Creates a function that measures each operation once: Apollo keeps the documents that it has parsed. */
export function createCostMeter(): MeasureCost {
  const costs = new WeakMap<OperationDefinitionNode, number>()
  return (schema, document, operation) => {
    const known = costs.get(operation)
    if (known !== undefined) return known
    const { cost } = createShapeMeter({ schema, fragmentNamed: findFragment })(operation)
    costs.set(operation, cost)
    return cost

    function findFragment(name: string) {
      for (const definition of document.definitions)
        if (definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name) return definition
      return null
    }
  }
}
