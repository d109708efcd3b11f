import {
  OperationTypeNode,
  TypeInfo,
  isObjectType,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql'
import { Extensions } from 'type-graphql'

/**
 * What the value of a cacheable field is derived from, beside the arguments of the field.
 * - `account`: the account, the id and the roles of the caller.
 * - `posts`: also posts, and the public fields of their authors.
 */
export type CacheSource = 'account' | 'posts'

/** Name of the GraphQL extension that contains the source. */
const EXTENSION = 'cacheSource'

/**
 * Declares that a field, or every field of an object type, is derived from a source and from nothing else: no
 * clock, no counter, no request header, no other data. A response is cached only if every field of its
 * operation has a source, so a field without this decorator is never cached. It must not return a secret.
 */
export function Cacheable(source: CacheSource): MethodDecorator & PropertyDecorator & ClassDecorator {
  return Extensions({ [EXTENSION]: source })
}

/** The source of a document's response; null: it must not be cached. */
export type FindCacheSource = (document: DocumentNode) => CacheSource | null

/**
 * Creates a function that finds the source of a document. Each document is visited once: Apollo parses equal
 * texts once and keeps the result.
 */
export function createCacheSources(schema: GraphQLSchema): FindCacheSource {
  const known = new WeakMap<DocumentNode, CacheSource | null>()
  return (document) => {
    const found = known.get(document)
    if (found !== undefined) return found
    const source = findCacheSource(schema, document)
    known.set(document, source)
    return source
  }
}

/** All operations and fragments of the document count, with fields that a directive excludes. */
function findCacheSource(schema: GraphQLSchema, document: DocumentNode): CacheSource | null {
  const types = new TypeInfo(schema)
  const sources = new Set<unknown>()
  const visitor = {
    OperationDefinition: ({ operation }: { readonly operation: OperationTypeNode }) => {
      if (operation !== OperationTypeNode.QUERY) sources.add(undefined)
    },
    Field: () => {
      const field = types.getFieldDef()
      const parent = types.getParentType()
      if (field?.name === '__typename') return
      sources.add(
        field?.extensions[EXTENSION] ?? (isObjectType(parent) ? parent.extensions[EXTENSION] : undefined),
      )
    },
  }
  visit(document, visitWithTypeInfo(types, visitor))
  if (![...sources].every((source) => source === 'account' || source === 'posts')) return null
  return sources.has('posts') ? 'posts' : 'account'
}
