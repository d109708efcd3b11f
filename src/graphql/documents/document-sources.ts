import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server'
import type { OperationManifest } from '../../core/operation-manifest.ts'
import type { StateStore } from '../../ports/state-store.ts'
import { allowListPlugin, listedDocuments } from './allow-list.ts'
import type { Context } from '../context.ts'
import { persistedQueryFormPlugin, rememberedDocuments } from './persisted-queries.ts'

/** Where documents come from. */
export interface DocumentSources {
  readonly persistedQueries: NonNullable<ApolloServerOptions<Context>['persistedQueries']>
  readonly plugins: readonly ApolloServerPlugin<Context>[]
}

/** From the request, and by digest: out of the manifest and nothing else where there is one, else out of the store if wished. */
export function documentSources({
  manifest,
  remember,
  store,
}: {
  readonly manifest: OperationManifest | null
  readonly remember: boolean
  readonly store: StateStore
}): DocumentSources {
  const form = persistedQueryFormPlugin()
  if (manifest)
    return {
      persistedQueries: { cache: listedDocuments(manifest) },
      plugins: [form, allowListPlugin(manifest)],
    }
  return { persistedQueries: remember ? { cache: rememberedDocuments(store) } : false, plugins: [form] }
}
