import type { ApolloServerOptions, GraphQLRequest } from '@apollo/server'
import { HOUR_MS } from '../../core/duration.ts'
import { hashDocument, parseDigest } from '../../core/operation-manifest.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { Context } from '../context.ts'
import type { RequestPart } from '../request-plugin.ts'

/** Apollo's type for the cache of persisted documents. */
export type DocumentCache = NonNullable<
  Exclude<ApolloServerOptions<Context>['persistedQueries'], false | undefined>['cache']
>

/** How long a document is cached. Clients send it again after that. */
const CACHED_MS = HOUR_MS
/** Longest document that is cached, in UTF-16 units. Clients send a longer one each time. */
export const LONGEST_CACHED = 10_000
/** Number of slots, which all nodes share: 4096 × 10,000 units are at most 80 MB. */
const SLOTS = 4096

/**
 * Automatic persisted queries in the state store, shared by all nodes. A hash of its digest assigns each
 * document to a slot, where it replaces the one before, so at most `SLOTS` documents are stored. A document
 * that is read must have the requested digest: neither another document of the slot nor a manipulated one is
 * executed. If the store fails, the client sends the document itself.
 */
export function createPersistedDocumentCache(
  store: Pick<StateStore, 'get' | 'set' | 'delete'>,
): DocumentCache {
  return {
    async get(key) {
      const [text] = await store.get([toSlotKey(key)]).catch(() => [null])
      return typeof text === 'string' && hashDocument(text) === parseCacheKey(key) ? text : undefined
    },
    async set(key, text) {
      if (text.length > LONGEST_CACHED) return
      // A text that no store accepts, such as one with U+0000, is not an error either.
      await store.set(toSlotKey(key), text, CACHED_MS).catch(() => undefined)
    },
    async delete(key) {
      await store.delete([toSlotKey(key)]).catch(() => undefined)
    },
  }
}

/** Apollo's keys are `apq:` and the digest. */
function parseCacheKey(key: string): string | null {
  return parseDigest(key.replace(/^apq:/, ''))
}

function toSlotKey(key: string): string {
  return `apq:${parseInt(hashDocument(key).slice(0, 8), 16) % SLOTS}`
}

/**
 * Gives a request its document by id: `documentId` of GraphQL over HTTP (appendix A) means the same as the
 * extension `persistedQuery`. An extension that violates the protocol is replaced by one that Apollo rejects.
 * Unchanged, a digest that is an object, for example, would fail with an internal error.
 */
export function readDocumentIds(): RequestPart {
  return ({ request }) => {
    const { persistedQuery } = request.extensions ?? {}
    const documentId = request.query ? null : readDocumentId(request)
    if (!persistedQuery && documentId === null) return null
    request.extensions = {
      ...request.extensions,
      persistedQuery: persistedQuery ? toValidForm(persistedQuery) : toExtension(documentId ?? ''),
    }
    return null
  }
}

/** The id of a request's document: its `documentId`, or the digest of its extension; null without any. */
export function readDocumentId({ http, extensions }: GraphQLRequest): string | null {
  const { sha256Hash } = toRecord(extensions?.['persistedQuery'])
  const { documentId } = toRecord(http?.body)
  const id = sha256Hash ?? documentId ?? new URLSearchParams(http?.search).get('documentId')
  return typeof id === 'string' ? (parseDigest(id) ?? id) : null
}

function toValidForm(persistedQuery: unknown): object {
  const { version, sha256Hash } = toRecord(persistedQuery)
  const digest = parseDigest(sha256Hash)
  return version === 1 && digest !== null ? { version, sha256Hash: digest } : { version: 0 }
}

/** An id that is no digest belongs to no stored document: it becomes a digest that is unknown, too. */
function toExtension(documentId: string): object {
  return { version: 1, sha256Hash: parseDigest(documentId) ?? hashDocument(documentId) }
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
