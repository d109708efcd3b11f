import { Kind, type FieldNode, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql'
import { createParameterDecorator } from 'type-graphql'

/**
 * Injects the names of the fields that the operation requests of the objects at some paths below the resolved
 * field, such as `edges.node`. Fields under `@skip` and `@include` count as requested.
 */
export function RequestedFields(...paths: readonly string[]) {
  // Parsed documents are cached, so each of their nodes is read once.
  const known = new WeakMap<FieldNode, ReadonlySet<string>>()
  return createParameterDecorator(({ info }) => {
    const [node, ...others] = info.fieldNodes
    // Which nodes are merged into one field depends on the variables.
    if (!node || others.length > 0) return listRequestedFields(info, paths)
    const found = known.get(node)
    if (found) return found
    const fields = listRequestedFields(info, paths)
    known.set(node, fields)
    return fields
  })
}

/** The names of the requested fields of the objects at the paths. */
export function listRequestedFields(
  info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>,
  paths: readonly string[],
): ReadonlySet<string> {
  return new Set(
    paths.flatMap((path) => {
      let nodes: readonly FieldNode[] = info.fieldNodes
      for (const name of path.split('.'))
        nodes = listFields(nodes, info.fragments).filter((node) => node.name.value === name)
      return listFields(nodes, info.fragments).map((node) => node.name.value)
    }),
  )
}

/** The fields below some fields. Each fragment is read once, however often it is spread. */
function listFields(parents: readonly FieldNode[], fragments: GraphQLResolveInfo['fragments']): FieldNode[] {
  const spread = new Set<string>()
  const expand = (set: SelectionSetNode | undefined): FieldNode[] =>
    (set?.selections ?? []).flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [selection]
      if (selection.kind === Kind.INLINE_FRAGMENT) return expand(selection.selectionSet)
      const name = selection.name.value
      if (spread.has(name)) return []
      spread.add(name)
      return expand(fragments[name]?.selectionSet)
    })
  return parents.flatMap(({ selectionSet }) => expand(selectionSet))
}
