import type { ApolloServerOptions } from '@apollo/server'
import type { StateStore } from '../../ports/state-store.ts'
import { enforceAllowList, EMPTY_DOCUMENT_CACHE, type AllowList } from './allow-list.ts'
import type { Context } from '../context.ts'
import type { RequestPart } from '../request-plugin.ts'
import { createPersistedDocumentCache, readDocumentIds } from './persisted-queries.ts'

/** The options of Apollo Server that decide where documents come from. */
export interface DocumentSources {
  readonly persistedQueries: NonNullable<ApolloServerOptions<Context>['persistedQueries']>
  /** Applied to each request, first of all. */
  readonly parts: readonly RequestPart[]
}

/**
 * Creates the sources of documents. With an allow list, only its documents are executed, by text or id.
 * Without one, a request contains its document, or the digest of a document in the state store if `remember`
 * is set.
 */
export function createDocumentSources({
  allowList,
  remember,
  store,
}: {
  readonly allowList: AllowList | null
  readonly remember: boolean
  readonly store: StateStore
}): DocumentSources {
  const form = readDocumentIds()
  if (allowList)
    return {
      persistedQueries: { cache: EMPTY_DOCUMENT_CACHE },
      parts: [enforceAllowList(allowList), form],
    }
  return {
    persistedQueries: remember ? { cache: createPersistedDocumentCache(store) } : false,
    parts: [form],
  }
}
