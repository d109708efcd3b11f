import type { HTTPGraphQLRequest } from '@apollo/server'
import type { User } from '../../core/account.ts'
import type { SignedInCaller } from '../../core/caller.ts'
import { toDigest } from '../../core/digest.ts'
import type { CacheSource } from '../schema/cacheable.ts'

/** The headers that decide whether Apollo Server executes a request, and the media type of the response. */
const HEADERS = ['accept', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'] as const

/** Longest request in characters whose response is cached; hashing a longer one would take too long. */
const MAX_REQUEST_LENGTH = 16_384

/** Members of a caller that no cacheable response depends on, or that `readGeneration` covers. */
type Ignored = 'sessionId' | 'tokenId' | 'tokenExpiresAt' | 'account' | 'generations' | 'client'

/** All other members: this does not compile without a new one, so none can be forgotten. */
type Identity = Required<Omit<SignedInCaller, Ignored>>

/**
 * A digest of what a response is a function of, but for the generation of its data; null if the request is
 * too long.
 */
export function toResponseKey(
  { method, search, body, headers }: HTTPGraphQLRequest,
  { kind, userId, roles }: SignedInCaller,
  languageTag: string,
): string | null {
  const identity: Identity = { kind, userId, roles }
  const sent = HEADERS.map((name) => headers.get(name))
  const text = JSON.stringify([identity, languageTag, method, search, sent, body])
  return text.length > MAX_REQUEST_LENGTH ? null : toDigest(text)
}

/** Reads the generation of a response; null while posts are being changed. */
export type ReadGeneration = (source: CacheSource, caller: SignedInCaller) => Promise<string | null>

/**
 * The generation of a response: the content of the account, which was read for this request, and for
 * responses with posts also their generation. The text of an account is kept with it: accounts do not change,
 * and most requests get the same object as the one before.
 */
export function createGenerationReader(): ReadGeneration {
  const texts = new WeakMap<User, string>()
  const keepText = (account: User) => {
    const text = toText(account)
    texts.set(account, text)
    return text
  }
  return async (source, { account, generations }) => {
    const text = texts.get(account) ?? keepText(account)
    if (source === 'account') return text
    const posts = await generations.posts()
    return posts === null ? null : `${posts} ${text}`
  }
}

/** Dates as numbers: writing them as ISO 8601 takes longer than everything else. */
function toText(account: User): string {
  const values = Object.values(account).map((value: unknown) =>
    value instanceof Date ? value.getTime() : value,
  )
  return JSON.stringify(values)
}
