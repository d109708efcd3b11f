import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'
import { parseDigest, hashDocument, type OperationManifest } from '../../core/operation-manifest.ts'
import type { Context } from '../context.ts'
import type { DocumentCache } from './persisted-queries.ts'

/** The documents of the manifest by their digests. Nothing is added at run time. */
export function createManifestCache(manifest: OperationManifest): DocumentCache {
  return {
    get: async (key) => manifest.get(parseDigest(key.replace(/^apq:/, '')) ?? ''),
    set: async () => undefined,
    delete: async () => undefined,
  }
}

/** Whether a document can be executed, by its text. Null allows every document. */
export function isListed(manifest: OperationManifest | null, text: string): boolean {
  return manifest === null || manifest.has(hashDocument(text))
}

/** The error for a document that is not in the manifest. */
export function createNotAllowedError(): GraphQLError {
  return new GraphQLError('The operation is not on the allow list.', {
    extensions: { code: 'OPERATION_NOT_ALLOWED', http: { status: 400 } },
  })
}

/**
 * Rejects every document that is not in the manifest. Apollo lets a plugin reject a request only after the
 * operation is resolved, so a harmless document replaces the rejected one, which is neither parsed nor
 * validated.
 */
export function createAllowListPlugin(manifest: OperationManifest): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ request }) {
      // A request without a text has a digest, which finds only listed documents.
      if (!request.query || isListed(manifest, request.query)) return
      request.query = '{ __typename }'
      delete request.operationName
      delete request.extensions
      return {
        async didResolveOperation() {
          throw createNotAllowedError()
        },
      }
    },
  }
}
