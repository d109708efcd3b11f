import {
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** A file of documents as GraphQL Code Generator passes it to plug-ins. */
export interface DocumentFile {
  readonly document?: DocumentNode
}

/** The connection of a query whose next page can be fetched. */
export interface Connection {
  /** Key of the root field in the result. */
  readonly field: string
  /** Name of the variable that is the `after` argument. */
  readonly cursor: string
}

/** A named operation, as far as hooks depend on it. */
export interface HookedOperation {
  /** Name in PascalCase, as in the names of generated types. */
  readonly name: string
  readonly kind: 'query' | 'mutation' | 'subscription'
  /** Description of its first root field in the schema. */
  readonly description: string | undefined
  readonly connection: Connection | undefined
}

/** The named operations of all files, in their order. */
export function listOperations(schema: GraphQLSchema, files: readonly DocumentFile[]): HookedOperation[] {
  const definitions = files.flatMap(({ document }) => document?.definitions ?? [])
  const fragments = new Map(
    definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  )
  return definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .flatMap((definition) =>
      definition.name ? [toOperation(definition, definition.name.value, schema, fragments)] : [],
    )
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

function toOperation(
  definition: OperationDefinitionNode,
  name: string,
  schema: GraphQLSchema,
  fragments: Fragments,
): HookedOperation {
  const fields = collectFields(definition.selectionSet, fragments)
  const root = schema.getRootType(definition.operation)?.getFields()
  const described = fields.find((field) => root?.[field.name.value])
  return {
    name: toPascalCase(name),
    kind: definition.operation,
    description: described && (root?.[described.name.value]?.description ?? undefined),
    connection: findConnection(fields, fragments),
  }
}

/** The first root field with `after: $variable` whose selections say where the next page begins. */
function findConnection(fields: readonly FieldNode[], fragments: Fragments): Connection | undefined {
  for (const field of fields) {
    const after = field.arguments?.find(({ name }) => name.value === 'after')?.value
    if (after?.kind === Kind.VARIABLE && selectsNextPage(field, fragments))
      return { field: field.alias?.value ?? field.name.value, cursor: after.name.value }
  }
  return undefined
}

function selectsNextPage({ selectionSet }: FieldNode, fragments: Fragments): boolean {
  const pageInfo = collectFields(selectionSet, fragments).find(({ name }) => name.value === 'pageInfo')
  const selected = collectFields(pageInfo?.selectionSet, fragments).map(({ name }) => name.value)
  return selected.includes('hasNextPage') && selected.includes('endCursor')
}

/** Fields of a selection set and of the fragments in it. */
function collectFields(selectionSet: SelectionSetNode | undefined, fragments: Fragments): FieldNode[] {
  return (selectionSet?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection]
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? selection.selectionSet
        : fragments.get(selection.name.value)?.selectionSet
    return collectFields(inner, fragments)
  })
}

/** The name as GraphQL Code Generator writes it by default, with `change-case-all#pascalCase`. */
export function toPascalCase(name: string): string {
  return name.split('_').map(joinWords).join('_')
}

function joinWords(text: string): string {
  const words = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
  return words
    .split(' ')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}
