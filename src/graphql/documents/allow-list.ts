import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'
import { parseDigest, hashDocument, type OperationManifest } from '../../core/operation-manifest.ts'
import type { Context } from '../context.ts'
import type { DocumentCache } from './persisted-queries.ts'

/** The documents of the manifest by their digests. Nothing is added at run time. */
export function listedDocuments(manifest: OperationManifest): DocumentCache {
  return {
    get: async (key) => manifest.get(parseDigest(key.replace(/^apq:/, '')) ?? ''),
    set: async () => undefined,
    delete: async () => undefined,
  }
}

/** Whether a document may run, by its text. Null allows every one. */
export function isListed(manifest: OperationManifest | null, text: string): boolean {
  return manifest === null || manifest.has(hashDocument(text))
}

/** The refusal of a document that the manifest does not have. */
export function notAllowed(): GraphQLError {
  return new GraphQLError('This operation is not on the list.', {
    extensions: { code: 'OPERATION_NOT_ALLOWED', http: { status: 400 } },
  })
}

/**
 * Refuses every document that the manifest does not have. Apollo lets a plugin refuse only once there is an operation; until
 * then a harmless one stands in, so that nothing of the other is parsed, validated or spoken of.
 */
export function allowListPlugin(manifest: OperationManifest): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ request }) {
      // Without a text there is a digest, which finds nothing but what is listed.
      if (!request.query || isListed(manifest, request.query)) return
      request.query = '{ __typename }'
      delete request.operationName
      delete request.extensions
      return {
        async didResolveOperation() {
          throw notAllowed()
        },
      }
    },
  }
}
