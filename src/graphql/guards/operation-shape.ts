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
import { costOf } from './cost.ts'
import { SENSITIVE_FIELDS, USUAL_PAGE } from './document-limits.ts'
import { NOTHING, sum, withDirectives, type Part, type Shape } from './shape.ts'

/** Where the measuring looks things up. */
export interface Surroundings {
  readonly schema: GraphQLSchema
  readonly fragmentNamed: (name: string) => FragmentDefinitionNode | null | undefined
}

type Parent = GraphQLNamedType | null | undefined

/**
 * Measures the operations of one document.
 *
 * Each fragment is measured once and its numbers are added wherever it is spread: the time is that of reading the document,
 * whatever it would expand to. A fragment within itself counts as nothing there; validation refuses it.
 */
export function shapesIn({
  schema,
  fragmentNamed,
}: Surroundings): (operation: OperationDefinitionNode) => Shape {
  const fragments = new Map<string, Part>()

  function ofSet(set: SelectionSetNode | undefined, parent: Parent): Part {
    return (set?.selections ?? []).map((selection) => ofSelection(selection, parent)).reduce(sum, NOTHING)
  }

  function ofSelection(node: SelectionNode, parent: Parent): Part {
    switch (node.kind) {
      case Kind.FIELD:
        return withDirectives(node, ofField(node, parent))
      case Kind.INLINE_FRAGMENT: {
        const type = node.typeCondition ? schema.getType(node.typeCondition.name.value) : parent
        return withDirectives(node, ofSet(node.selectionSet, type))
      }
      case Kind.FRAGMENT_SPREAD:
        return withDirectives(node, ofFragment(node.name.value))
    }
  }

  function ofFragment(name: string): Part {
    const known = fragments.get(name)
    if (known) return known
    fragments.set(name, NOTHING)
    const fragment = fragmentNamed(name)
    if (!fragment) return NOTHING
    const type = schema.getType(fragment.typeCondition.name.value)
    const part = withDirectives(fragment, ofSet(fragment.selectionSet, type))
    fragments.set(name, part)
    return part
  }

  function ofField(node: FieldNode, parent: Parent): Part {
    const name = node.name.value
    const field = fieldOf(schema, parent, name)
    const type = field && getNamedType(field.type)
    const below = ofSet(node.selectionSet, type)
    const introspects = describesSchema(parent) || describesSchema(type)
    return {
      depth: introspects ? 0 : below.depth + 1,
      introspectionDepth: introspects ? below.introspectionDepth + 1 : below.introspectionDepth,
      rootFields: 1,
      sensitiveFields: parent === schema.getMutationType() && SENSITIVE_FIELDS.has(name) ? 1 : 0,
      aliases: below.aliases + (node.alias ? 1 : 0),
      directives: below.directives,
      ...costOf(node, introspects ? undefined : field, below),
    }
  }

  return (operation) => {
    const part = ofSet(operation.selectionSet, schema.getRootType(operation.operation))
    const variables = (operation.variableDefinitions ?? []).map((node) => withDirectives(node, NOTHING))
    const { costPerEntry, ...shape } = withDirectives(operation, variables.reduce(sum, part))
    return { ...shape, cost: shape.cost + costPerEntry * USUAL_PAGE }
  }
}

/** `__schema` and `__type` are fields of the query type; an alias does not make another field one of them. */
function fieldOf(
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

function describesSchema(type: Parent): boolean {
  return type ? isIntrospectionType(type) : false
}
