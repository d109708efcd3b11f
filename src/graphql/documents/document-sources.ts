import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server'
import type { OperationManifest } from '../../core/operation-manifest.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { createAllowListPlugin, createManifestCache } from './allow-list.ts'
import type { Context } from '../context.ts'
import { createPersistedDocumentCache, createPersistedQueryFormPlugin } from './persisted-queries.ts'

/** The options of Apollo Server that decide where documents come from. */
export interface DocumentSources {
  readonly persistedQueries: NonNullable<ApolloServerOptions<Context>['persistedQueries']>
  readonly plugins: readonly ApolloServerPlugin<Context>[]
}

/**
 * Creates the sources of documents. With a manifest, only its documents are executed, by text or digest.
 * Without one, a request contains its document, or the digest of a document in the state store if `remember`
 * is set.
 */
export function createDocumentSources({
  manifest,
  remember,
  store,
}: {
  readonly manifest: OperationManifest | null
  readonly remember: boolean
  readonly store: StateStore
}): DocumentSources {
  const form = createPersistedQueryFormPlugin()
  if (manifest)
    return {
      persistedQueries: { cache: createManifestCache(manifest) },
      plugins: [form, createAllowListPlugin(manifest)],
    }
  return {
    persistedQueries: remember ? { cache: createPersistedDocumentCache(store) } : false,
    plugins: [form],
  }
}
