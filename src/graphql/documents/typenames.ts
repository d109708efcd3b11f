import { Kind, parse, print, visit, type FieldNode, type SelectionNode } from 'graphql'
import { DOCUMENT_LIMITS } from '../guards/document-limits.ts'

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

/**
 * Adds `__typename` at the end of every selection but that of an operation, as the normalised caches of
 * Apollo Client and urql do. Returns a text that cannot be parsed as it is.
 */
export function addTypenames(text: string): string {
  try {
    const document = parse(text, { noLocation: true, maxTokens: DOCUMENT_LIMITS.tokens })
    return print(
      visit(document, {
        SelectionSet: {
          leave(set, _key, parent) {
            const isRoot = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION
            return isRoot || set.selections.some(isTypename)
              ? undefined
              : { ...set, selections: [...set.selections, TYPENAME] }
          },
        },
      }),
    )
  } catch {
    return text
  }
}

function isTypename(selection: SelectionNode): boolean {
  return selection.kind === Kind.FIELD && selection.name.value === '__typename' && !selection.alias
}
