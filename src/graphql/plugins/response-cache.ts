import { HeaderMap, type GraphQLRequestContext } from '@apollo/server'
import type { GraphQLSchema } from 'graphql'
import { requireSignedIn, type SignedInCaller } from '../../core/caller.ts'
import { AuthError } from '../../core/errors.ts'
import type { GenerationCache, StoreValue } from '../../core/generation-cache.ts'
import type { Context } from '../context.ts'
import type { RequestPart } from '../request-plugin.ts'
import type { FieldClaim } from '../guards/rate-limit.ts'
import { createCacheSources, type CacheSource, type FindCacheSource } from '../schema/cacheable.ts'

/** The data of a response without errors, and the calls of limited fields that it consists of. */
export interface CachedResponse {
  readonly data: Record<string, unknown>
  readonly claims: readonly FieldClaim[]
  /** Approximate size, in bytes. */
  readonly bytes: number
}

/** What a response is a function of, but for the generation of its data. */
interface Subject {
  readonly source: CacheSource
  readonly caller: SignedInCaller
  readonly key: string
}

type Request = GraphQLRequestContext<Context>

/**
 * Longest key in characters, which contains the variables: a longer one would fill the cache with keys.
 */
const MAX_KEY_LENGTH = 4096

/**
 * Reuses the response of a query for the same caller: the same document, variables, id, roles, account and
 * language. Only responses without errors whose every field is `Cacheable` are stored; limits of fields are
 * counted for each use.
 *
 * Requests do not wait for each other here, since a key belongs to one caller; the reads below share their
 * loads. Not `@apollo/server-plugin-response-cache`: it stores texts under a time to live and has no hook to
 * check that an entry is current.
 */
export function reuseResponses(schema: GraphQLSchema, cache: GenerationCache<CachedResponse>): RequestPart {
  const findSource = createCacheSources(schema)
  return () => {
    let store: StoreValue<CachedResponse> | null = null
    return {
      async responseForOperation(request) {
        const subject = findSubject(request, findSource)
        if (!subject) return null
        // The account is compared by its content: it was read for this request, so the response is as current
        // as that.
        const generation =
          subject.source === 'account'
            ? JSON.stringify(subject.caller.account)
            : await readPostsGeneration(subject.caller)
        if (generation === null) return null
        const { key } = subject
        const cached = cache.get(key, generation)
        if (cached && (cached.claims.length === 0 || (await mayReuse(cached, request.contextValue))))
          return toResponse(cached)
        store = cache.begin(key, generation)
        return null
      },
      willSendResponse({ response: { body }, contextValue }) {
        if (!store || body.kind !== 'single') return
        const { data, errors } = body.singleResult
        // A response with text in it sets `Content-Language`, which is not stored.
        if (!data || errors || contextValue.responseLanguage.used) return
        const { claims } = contextValue.fieldLimits
        store({ data, claims, bytes: 2 * JSON.stringify(data).length })
      },
    }
  }
}

/** Null: the response must be computed, and must not be stored. */
function findSubject(request: Request, findSource: FindCacheSource): Subject | null {
  const { document, contextValue } = request
  const source = document ? findSource(document) : null
  if (source === null || contextValue.caller.kind !== 'signed-in') return null
  const caller = requireSignedIn(contextValue.caller)
  const key = toKey(request, caller)
  return key.length > MAX_KEY_LENGTH ? null : { source, caller, key }
}

/** The account and the generation of posts; null while posts are being changed. */
async function readPostsGeneration({ account, generations }: SignedInCaller): Promise<string | null> {
  const posts = await generations.posts()
  return posts === null ? null : JSON.stringify([account, posts])
}

/** Every member of the caller counts that is not listed here, so a new one can never be forgotten. */
function toKey({ queryHash, operationName, request, contextValue }: Request, caller: SignedInCaller): string {
  const {
    sessionId: _s,
    tokenId: _t,
    tokenExpiresAt: _e,
    account: _a,
    generations: _g,
    client: _c,
    ...identity
  } = caller
  const { language } = contextValue.responseLanguage
  return JSON.stringify([identity, language.tag, queryHash, operationName, request.variables])
}

/** Counts the limited fields again. If a limit is reached or cannot be counted, the fields decide. */
async function mayReuse({ claims }: CachedResponse, context: Context): Promise<boolean> {
  try {
    return await context.fieldLimits.claimAgain(claims, context)
  } catch (error) {
    if (error instanceof AuthError) return false
    throw error
  }
}

/** A new object, because other plugins add extensions to it. */
function toResponse({ data }: CachedResponse) {
  return {
    http: { headers: new HeaderMap() },
    body: { kind: 'single' as const, singleResult: { data } },
  }
}
