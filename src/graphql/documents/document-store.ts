import type { ApolloServerOptions } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import { createSizedCache } from '../../core/sized-cache.ts'
import type { Context } from '../context.ts'

type DocumentStore = NonNullable<ApolloServerOptions<Context>['documentStore']>

/** Most bytes of all parsed documents: about 8,000 small ones. */
const MAX_BYTES = 32 * 1024 * 1024
/** Measured bytes in memory for each character of a parsed document as JSON. */
const BYTES_PER_CHARACTER = 5
/** The same for each of its tokens. */
const BYTES_PER_TOKEN = 120

/**
 * Parsed and valid documents in memory. Apollo Server's own store counts a document as its length in JSON,
 * which has neither its source nor its comments. graphql-js keeps both, a comment of two characters as a
 * token of more than a hundred bytes, and does not count them as tokens either: some hundred requests could
 * use up the memory of the process.
 */
export function createDocumentStore(): DocumentStore {
  const documents = createSizedCache<DocumentNode>(MAX_BYTES, measureDocument)
  return {
    get: async (key) => documents.get(key),
    set: async (key, document) => documents.set(key, document),
    delete: async (key) => documents.delete(key),
  }
}

/** Approximate bytes of a parsed document in memory, with its source, its tokens and its comments. */
export function measureDocument(document: DocumentNode): number {
  let tokens = 0
  for (let token = document.loc?.startToken ?? null; token !== null; token = token.next) tokens += 1
  const source = document.loc?.source.body.length ?? 0
  return JSON.stringify(document).length * BYTES_PER_CHARACTER + tokens * BYTES_PER_TOKEN + source * 2
}
