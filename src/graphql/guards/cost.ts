import { Kind, getNullableType, isListType, type FieldNode, type GraphQLField, type ValueNode } from 'graphql'
import { LARGEST_PAGE, DEFAULT_PAGE } from './document-limits.ts'
import { DEFAULT_PRICE, readPrice } from './price.ts'
import type { Part } from './shape.ts'

/** Arguments that set the number of entries of a connection, or that list the entries of `_entities`. */
const PAGE_ARGUMENTS: readonly string[] = ['first', 'last', 'representations']

/**
 * Computes the cost of a field: its price, plus the cost of its selection, multiplied by the length of lists.
 * The length is `first` or `last` of the list or of its connection, or that of `representations`, else 20.
 * `below`: the selection, as if it were at the root. Without `field` the field is part of introspection: its
 * lists count once, and graphql-js bounds how deep they nest (`MaxIntrospectionDepthRule`).
 */
export function computeCost(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  below: Part,
): Pick<Part, 'cost' | 'costPerEntry'> {
  const price = field ? readPrice(field) : DEFAULT_PRICE
  const page = field ? readPageSize(field, node) : null
  const isList = field !== undefined && isListType(getNullableType(field.type))
  const once = below.cost + below.costPerEntry * (isList ? DEFAULT_PAGE : (page ?? DEFAULT_PAGE))
  if (!isList) return { cost: price + once, costPerEntry: 0 }
  return page === null ? { cost: price, costPerEntry: once } : { cost: price + page * once, costPerEntry: 0 }
}

/**
 * Returns the requested number of entries, 1 to `LARGEST_PAGE`; null for a field without pages. A number
 * outside the range counts as the nearest end of the range; the resolver rejects it.
 */
function readPageSize(field: GraphQLField<unknown, unknown>, node: FieldNode): number | null {
  if (!field.args.some(({ name }) => PAGE_ARGUMENTS.includes(name))) return null
  const sizes = (node.arguments ?? [])
    .filter(({ name }) => PAGE_ARGUMENTS.includes(name.value))
    .flatMap(({ value }) => parseSize(value))
  return sizes.length === 0 ? DEFAULT_PAGE : Math.max(...sizes)
}

/** A variable counts as the maximum, so that the result depends on the document alone. */
function parseSize(value: ValueNode): number[] {
  if (value.kind === Kind.VARIABLE) return [LARGEST_PAGE]
  if (value.kind === Kind.LIST) return [value.values.length]
  if (value.kind !== Kind.INT) return []
  return [Math.min(Math.max(Number(value.value), 1), LARGEST_PAGE)]
}
