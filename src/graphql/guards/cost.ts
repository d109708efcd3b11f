import { Kind, getNullableType, isListType, type FieldNode, type GraphQLField, type ValueNode } from 'graphql'
import { LARGEST_PAGE, USUAL_PAGE } from './document-limits.ts'
import type { Part } from './shape.ts'

/** Arguments that say how many entries a connection gives. */
const PAGE_ARGUMENTS: readonly string[] = ['first', 'last']

/**
 * What a field costs: 1, and what is below it; below a list as often as the list is long, which is what `first` or `last` of
 * the list or of its connection say, else 20. `below` costs as at the root. Without `field`, a field of the schema's
 * description: its lists count once, and graphql-js bounds how deep they nest (`MaxIntrospectionDepthRule`).
 */
export function costOf(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  below: Part,
): Pick<Part, 'cost' | 'costPerEntry'> {
  const page = field ? pageSize(field, node) : null
  const isList = field !== undefined && isListType(getNullableType(field.type))
  const once = below.cost + below.costPerEntry * (isList ? USUAL_PAGE : (page ?? USUAL_PAGE))
  if (!isList) return { cost: 1 + once, costPerEntry: 0 }
  return page === null ? { cost: 1, costPerEntry: once } : { cost: 1 + page * once, costPerEntry: 0 }
}

/**
 * Entries that a field is asked for, 1 to `LARGEST_PAGE`; null for a field that gives no pages. A number outside the range
 * counts as its nearest end: the resolver refuses it anyway.
 */
function pageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number | null {
  if (!field.args.some(({ name }) => PAGE_ARGUMENTS.includes(name))) return null
  const sizes = (node.arguments ?? [])
    .filter(({ name }) => PAGE_ARGUMENTS.includes(name.value))
    .flatMap(({ value }) => sizeIn(value))
  return sizes.length === 0 ? USUAL_PAGE : Math.max(...sizes)
}

/** A variable counts as the most: a document then passes or fails for what it is, whatever it is sent with. */
function sizeIn(value: ValueNode): number[] {
  if (value.kind === Kind.VARIABLE) return [LARGEST_PAGE]
  if (value.kind !== Kind.INT) return []
  return [Math.min(Math.max(Number(value.value), 1), LARGEST_PAGE)]
}
