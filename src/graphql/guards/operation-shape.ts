import {
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  getNamedType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import { computeCost } from './cost.ts'
import { SENSITIVE_FIELDS, DEFAULT_PAGE } from './document-limits.ts'
import { EMPTY_PART, addParts, addDirectives, type Part, type Shape } from './shape.ts'

/** What a measurement reads besides the operation. */
export interface DocumentScope {
  readonly schema: GraphQLSchema
  readonly fragmentNamed: (name: string) => FragmentDefinitionNode | null | undefined
}

type Parent = GraphQLNamedType | null | undefined

/**
 * Creates a function that measures operations of one document.
 *
 * Each fragment is measured once, and its numbers are added where it is spread: the time is linear in the
 * document, not in its expansion. A fragment inside itself counts as empty there; validation rejects it.
 */
export function createShapeMeter({
  schema,
  fragmentNamed,
}: DocumentScope): (operation: OperationDefinitionNode) => Shape {
  const fragments = new Map<string, Part>()

  function measureSet(set: SelectionSetNode | undefined, parent: Parent): Part {
    return (set?.selections ?? [])
      .map((selection) => measureSelection(selection, parent))
      .reduce(addParts, EMPTY_PART)
  }

  function measureSelection(node: SelectionNode, parent: Parent): Part {
    switch (node.kind) {
      case Kind.FIELD:
        return addDirectives(node, measureField(node, parent))
      case Kind.INLINE_FRAGMENT: {
        const type = node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent
        return addDirectives(node, measureSet(node.selectionSet, type))
      }
      case Kind.FRAGMENT_SPREAD:
        return addDirectives(node, measureFragment(node.name.value))
    }
  }

  function measureFragment(name: string): Part {
    const known = fragments.get(name)
    if (known) return known
    fragments.set(name, EMPTY_PART)
    const fragment = fragmentNamed(name)
    if (!fragment) return EMPTY_PART
    const type = schema.getType(fragment.typeCondition.name.value)
    const part = addDirectives(fragment, measureSet(fragment.selectionSet, type))
    fragments.set(name, part)
    return part
  }

  function measureField(node: FieldNode, parent: Parent): Part {
    const name = node.name.value
    const field = findField(schema, parent, name)
    const type = field && getNamedType(field.type)
    const below = measureSet(node.selectionSet, type)
    const introspects = isIntrospection(parent) || isIntrospection(type)
    return {
      depth: introspects ? 0 : below.depth + 1,
      introspectionDepth: introspects ? below.introspectionDepth + 1 : below.introspectionDepth,
      // The names that GraphQL reserves: `__typename`, `__schema` and `__type`.
      rootFields: name.startsWith('__') ? 0 : 1,
      sensitiveFields: parent === schema.getMutationType() && SENSITIVE_FIELDS.has(name) ? 1 : 0,
      aliases: below.aliases + (node.alias ? 1 : 0),
      directives: below.directives,
      ...computeCost(node, introspects ? undefined : field, below),
    }
  }

  return (operation) => {
    const part = measureSet(operation.selectionSet, schema.getRootType(operation.operation))
    const variables = (operation.variableDefinitions ?? []).map((node) => addDirectives(node, EMPTY_PART))
    const { costPerEntry, ...shape } = addDirectives(operation, variables.reduce(addParts, part))
    return { ...shape, cost: shape.cost + costPerEntry * DEFAULT_PAGE }
  }
}

/** Finds a field by its name, not its alias. `__schema` and `__type` are fields of the query type. */
function findField(
  schema: GraphQLSchema,
  parent: Parent,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (parent === schema.getQueryType()) {
    const meta = [SchemaMetaFieldDef, TypeMetaFieldDef].find((field) => field.name === name)
    if (meta) return meta
  }
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined
}

function isIntrospection(type: Parent): boolean {
  return type ? isIntrospectionType(type) : false
}
