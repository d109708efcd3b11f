import { Extensions } from 'type-graphql'
import type { GraphQLNamedType } from 'graphql'

/** Name of the GraphQL extension that contains the key. */
const KEY = 'entityKey'
/** Name of the GraphQL extension of types that other subgraphs define too. */
const SHARED = 'shareable'

/**
 * Declares an entity of a federated graph (`@key`). `key`: the field that identifies it, by which
 * `_entities` reads it; see `features/federation`.
 */
export function Entity(key: string): ClassDecorator {
  return Extensions({ [KEY]: key })
}

/**
 * Declares that other subgraphs define the same object type (`@shareable`): a type of a public specification
 * that is part of responses and never read by a key.
 */
export function Shareable(): ClassDecorator {
  return Extensions({ [SHARED]: true })
}

/** The key of an entity; null for any other type. */
export function readEntityKey({ extensions }: GraphQLNamedType): string | null {
  const key = extensions[KEY]
  return typeof key === 'string' ? key : null
}

/** Whether the type is `Shareable`. */
export function isShareable({ extensions }: GraphQLNamedType): boolean {
  return extensions[SHARED] === true
}
