import type { GraphQLRequest } from '@apollo/server'
import { GraphQLError } from 'graphql'
import { hashDocument, type OperationManifest } from '../../core/operation-manifest.ts'
import type { RequestPart } from '../request-plugin.ts'
import { readDocumentId, type DocumentCache } from './persisted-queries.ts'
import { addTypenames } from './typenames.ts'

/** The documents that can be executed. */
export interface AllowList {
  /** The document that is executed for an id; null for an unknown id. */
  find(id: string): string | null
  /** Whether the document can be executed, by its text. */
  includes(text: string): boolean
}

/**
 * Creates the allow list of a manifest. A client with a normalised cache sends each document with
 * `__typename` in its selections, and expects it in the response to an id, so both texts are listed and the
 * longer one is executed for an id.
 */
export function createAllowList(manifest: OperationManifest): AllowList {
  const executed = new Map([...manifest].map(([id, text]) => [id, addTypenames(text)]))
  const digests = new Set([...manifest.values(), ...executed.values()].map(hashDocument))
  return {
    find: (id) => executed.get(id) ?? null,
    includes: (text) => digests.has(hashDocument(text)),
  }
}

/** Apollo asks it for ids that are not in the allow list. Nothing is added at run time. */
export const EMPTY_DOCUMENT_CACHE: DocumentCache = {
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
}

/** The error for a document that is not in the manifest. */
export function createNotAllowedError(): GraphQLError {
  return new GraphQLError('The operation is not on the allow list.', {
    extensions: { code: 'OPERATION_NOT_ALLOWED', http: { status: 400 } },
  })
}

/**
 * Rejects every document that is not in the allow list. Apollo lets a plugin reject a request only after the
 * operation is resolved, so a harmless document replaces the rejected one, which is neither parsed nor
 * validated.
 */
export function enforceAllowList(allowList: AllowList): RequestPart {
  return ({ request }) => {
    replaceId(request, allowList)
    // A request that still has no text has an unknown id, which Apollo rejects.
    if (!request.query || allowList.includes(request.query)) return null
    request.query = '{ __typename }'
    delete request.operationName
    delete request.extensions
    return {
      didResolveOperation() {
        throw createNotAllowedError()
      },
    }
  }
}

/** Replaces a listed id by its document. An id beside a document must be that of the document. */
function replaceId(request: GraphQLRequest, allowList: AllowList): void {
  const id = readDocumentId(request)
  const listed = id === null ? null : allowList.find(id)
  if (listed === null || (request.query && addTypenames(request.query) !== listed)) return
  request.query ||= listed
  const { persistedQuery: _, ...extensions } = request.extensions ?? {}
  request.extensions = extensions
}
