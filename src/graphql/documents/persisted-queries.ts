import type { ApolloServerOptions, ApolloServerPlugin } from '@apollo/server'
import { parseDigest, hashDocument } from '../../core/operation-manifest.ts'
import type { StateStore } from '../../ports/state-store.ts'
import type { Context } from '../context.ts'

/** Apollo's own type for where persisted documents are kept. */
export type DocumentCache = NonNullable<
  Exclude<ApolloServerOptions<Context>['persistedQueries'], false | undefined>['cache']
>

/** How long a document is remembered, in milliseconds: clients send it anew when it is gone. */
const REMEMBERED_MS = 60 * 60_000
/** Longest document that is remembered, in UTF-16 units; a longer one is sent each time. */
export const LONGEST_REMEMBERED = 10_000
/** How many documents are remembered at most, by all nodes together: 4096 × 10,000 units are at most 80 MB. */
const PLACES = 4096

/**
 * Automatic persisted queries in the state store, shared by all nodes. Each document has one place, told by a hash of its
 * digest, and pushes out whichever stood there: however many are sent, no more than `PLACES` are kept. What is read must have
 * the digest that was asked for, so neither a neighbour in the same place nor a store that was tampered with is ever run.
 * A store that fails has forgotten: the client sends the document itself.
 */
export function rememberedDocuments(store: Pick<StateStore, 'get' | 'set' | 'delete'>): DocumentCache {
  return {
    async get(key) {
      const [text] = await store.get([placeOf(key)]).catch(() => [null])
      return typeof text === 'string' && hashDocument(text) === digestOf(key) ? text : undefined
    },
    async set(key, text) {
      if (text.length > LONGEST_REMEMBERED) return
      // Also for a text that no store can hold, such as one with U+0000.
      await store.set(placeOf(key), text, REMEMBERED_MS).catch(() => undefined)
    },
    async delete(key) {
      await store.delete([placeOf(key)]).catch(() => undefined)
    },
  }
}

/** Apollo writes `apq:` before the digest. */
function digestOf(key: string): string | null {
  return parseDigest(key.replace(/^apq:/, ''))
}

function placeOf(key: string): string {
  return `apq:${parseInt(hashDocument(key).slice(0, 8), 16) % PLACES}`
}

/**
 * Makes of every extension that is not of the protocol one that Apollo refuses as such: it would run into others, such as a
 * digest that is an object, and fail.
 */
export function persistedQueryFormPlugin(): ApolloServerPlugin<Context> {
  return {
    async requestDidStart({ request }) {
      const { persistedQuery } = request.extensions ?? {}
      if (!persistedQuery) return
      const { version, sha256Hash } = persistedQuery as Record<string, unknown>
      const digest = parseDigest(sha256Hash)
      request.extensions = {
        ...request.extensions,
        persistedQuery: version === 1 && digest !== null ? { version, sha256Hash: digest } : { version: 0 },
      }
    },
  }
}
