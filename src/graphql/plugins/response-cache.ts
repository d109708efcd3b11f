import type { ApolloServer, HTTPGraphQLRequest, HTTPGraphQLResponse, HeaderMap } from '@apollo/server'
import type { GraphQLSchema } from 'graphql'
import type { SignedInCaller } from '../../core/caller.ts'
import { copyText } from '../../core/copied-text.ts'
import { AuthError } from '../../core/errors.ts'
import type { GenerationCache, StoreValue } from '../../core/generation-cache.ts'
import type { Context } from '../context.ts'
import type { FieldClaim } from '../guards/rate-limit.ts'
import type { RequestHooks, RequestPart } from '../request-plugin.ts'
import { createCacheSources, type CacheSource } from '../schema/cacheable.ts'
import { summarizeOperation, type ObserveOperation, type OperationSummary } from './operation-outcomes.ts'
import { createGenerationReader, toResponseKey, type ReadGeneration } from './response-keys.ts'

/** A response without errors, and what each use of it does again. */
export interface CachedResponse {
  readonly source: CacheSource
  readonly headers: HeaderMap
  /** JSON of `data`. */
  readonly data: string
  /** Without the status of rate limits. */
  readonly extensions: Readonly<Record<string, unknown>>
  /** The calls of limited fields, which are counted again. */
  readonly claims: readonly FieldClaim[]
  /** For the observer. */
  readonly operation: OperationSummary
}

/** A request whose response is not cached, and what becomes known of it while Apollo Server processes it. */
interface MissedRequest {
  readonly key: string
  /** Undefined unless the response may be cached. */
  pending?: { readonly source: CacheSource; readonly store: StoreValue<CachedResponse> }
  /** Undefined unless the operation was executed without errors. */
  result?: Omit<CachedResponse, 'source' | 'headers'>
}

/** Responses, and the generations that they are current under. */
interface CurrentResponses {
  readonly cache: GenerationCache<CachedResponse>
  readonly readGeneration: ReadGeneration
}

/** Reuses responses. */
export interface ResponseReuse {
  /** Learns which responses may be stored. */
  readonly part: RequestPart
  /** Answers requests to Apollo Server whose response is cached, and stores that of others. */
  wrap(apollo: ApolloServer<Context>): ApolloServer<Context>
}

/** Approximate bytes of a cached response beside its data. */
const ENTRY_BYTES = 1000

/** Approximate size of a cached response, in bytes. */
export function measureResponse({ data, operation: { name } }: CachedResponse): number {
  return ENTRY_BYTES + 2 * (data.length + (name?.length ?? 0))
}

/**
 * Reuses the response of a query for the same caller: the same request, id, roles, account and language. Only
 * responses without errors whose every field is `Cacheable` are stored. Limits of fields are counted, and the
 * operation is logged and measured, for each use.
 *
 * A cached response is returned before Apollo Server processes the request, which would cost more than the
 * look-up (docs/performance.md). Requests do not wait for each other here, since a key belongs to one caller;
 * the reads below share their loads. Not `@apollo/server-plugin-response-cache`: it stores texts under a time
 * to live and has no hook to check that an entry is current.
 */
export function reuseResponses(
  schema: GraphQLSchema,
  cache: GenerationCache<CachedResponse>,
  observe: ObserveOperation,
): ResponseReuse {
  const missed = new WeakMap<HTTPGraphQLRequest, MissedRequest>()
  const current: CurrentResponses = { cache, readGeneration: createGenerationReader() }
  return {
    part: learnResponses(schema, current, missed),
    wrap(apollo) {
      const execute = apollo.executeHTTPGraphQLRequest.bind(apollo)
      apollo.executeHTTPGraphQLRequest = async ({ httpGraphQLRequest: request, context }) => {
        const creation = context()
        // Apollo Server reports that the context could not be created.
        const created = await creation.catch(() => null)
        const own = created && toOwnRequest(request, created)
        const found = own && (await findResponse(current, own, observe))
        if (found) return found
        const miss: MissedRequest | null = own && { key: own.key }
        if (miss) missed.set(request, miss)
        const response = await execute({ httpGraphQLRequest: request, context: () => creation })
        const { pending, result } = miss ?? {}
        if (pending && result) pending.store({ source: pending.source, headers: response.headers, ...result })
        return response
      }
      return apollo
    },
  }
}

/** Learns of missed requests whether their responses may be stored, and what they consist of. */
function learnResponses(
  schema: GraphQLSchema,
  { cache, readGeneration }: CurrentResponses,
  missed: WeakMap<HTTPGraphQLRequest, MissedRequest>,
): RequestPart {
  const findSource = createCacheSources(schema)
  const hooks: RequestHooks = {
    async responseForOperation({ request: { http }, document, contextValue: { caller } }) {
      const miss = http && missed.get(http)
      const source = miss ? findSource(document) : null
      if (!miss || source === null || caller.kind !== 'signed-in') return null
      // Before anything is read for the response.
      const generation = await readGeneration(source, caller)
      if (generation === null) return null
      cache.countMiss()
      miss.pending = { source, store: cache.begin(miss.key, generation) }
      return null
    },
    willSendResponse({ request: { http }, operation, response: { body }, contextValue }) {
      const miss = http && missed.get(http)
      if (!miss?.pending || !operation || body.kind !== 'single') return
      const { data, errors, extensions = {} } = body.singleResult
      // A response with text in it sets `Content-Language`, which is not stored.
      if (!data || errors || contextValue.responseLanguage.used) return
      const { rateLimits: _, ...constant } = extensions
      const { claims } = contextValue.fieldLimits
      miss.result = {
        data: JSON.stringify(data),
        extensions: constant,
        // Names and aliases are parts of the document, which is not counted as part of the entry.
        claims: claims.map(({ path, limit }) => ({ path: copyText(path), limit })),
        operation: copySummary(summarizeOperation(operation)),
      }
    },
  }
  return () => hooks
}

function copySummary({ type, name, rootField }: OperationSummary): OperationSummary {
  const copy = (text: string | null) => (text === null ? null : copyText(text))
  return { type, name: copy(name), rootField: copy(rootField) }
}

/** A request of a signed-in caller. */
interface OwnRequest {
  readonly key: string
  readonly caller: SignedInCaller
  readonly context: Context
}

/** Null: the response is never cached. */
function toOwnRequest(request: HTTPGraphQLRequest, context: Context): OwnRequest | null {
  const { caller, responseLanguage } = context
  if (caller.kind !== 'signed-in') return null
  const key = toResponseKey(request, caller, responseLanguage.language.tag)
  return key === null ? null : { key, caller, context }
}

async function findResponse(
  { cache, readGeneration }: CurrentResponses,
  { key, caller, context }: OwnRequest,
  observe: ObserveOperation,
): Promise<HTTPGraphQLResponse | null> {
  const startedAt = performance.now()
  const cached = await cache.find(key, ({ source }) => readGeneration(source, caller))
  if (!cached || !(await mayReuse(cached, context))) return null
  const { operation } = cached
  const seconds = (performance.now() - startedAt) / 1000
  observe({ operation, name: operation.name, errors: [], seconds, context })
  return toResponse(cached, context)
}

/** Counts the limited fields again. If a limit is reached or cannot be counted, the fields decide. */
async function mayReuse({ claims }: CachedResponse, context: Context): Promise<boolean> {
  if (claims.length === 0) return true
  try {
    return await context.fieldLimits.claimAgain(claims, context)
  } catch (error) {
    if (error instanceof AuthError) return false
    throw error
  }
}

function toResponse(
  { headers, data, extensions }: CachedResponse,
  { fieldLimits: { statuses: rateLimits } }: Context,
): HTTPGraphQLResponse {
  const all = JSON.stringify(rateLimits.length > 0 ? { rateLimits, ...extensions } : extensions)
  const string = all === '{}' ? `{"data":${data}}\n` : `{"data":${data},"extensions":${all}}\n`
  return { headers, body: { kind: 'complete', string } }
}
