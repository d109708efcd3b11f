import type { HTTPGraphQLRequest } from '@apollo/server'
import type { User } from '../../core/account.ts'
import type { SignedInCaller } from '../../core/caller.ts'
import { toDigest } from '../../core/digest.ts'
import type { CacheSource } from '../schema/cacheable.ts'

/** The headers that decide whether Apollo Server executes a request, and the media type of the response. */
const HEADERS = ['accept', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'] as const

/** Longest request in characters whose response is cached; hashing a longer one would take too long. */
const MAX_REQUEST_LENGTH = 16_384

/**
 * A digest of what a response is a function of, but for the generation of its data; null if the request is
 * too long. Every member of the caller counts that is not listed here, so a new one can never be forgotten.
 */
export function toResponseKey(
  { method, search, body, headers }: HTTPGraphQLRequest,
  caller: SignedInCaller,
  languageTag: string,
): string | null {
  const {
    sessionId: _s,
    tokenId: _t,
    tokenExpiresAt: _e,
    account: _a,
    generations: _g,
    client: _c,
    ...identity
  } = caller
  const sent = HEADERS.map((name) => headers.get(name))
  const text = JSON.stringify([identity, languageTag, method, search, sent, body])
  return text.length > MAX_REQUEST_LENGTH ? null : toDigest(text)
}

/**
 * The generation of a response: the content of the account, which was read for this request, and for
 * responses with posts also their generation. Null while posts are being changed.
 */
export async function readGeneration(
  source: CacheSource,
  { account, generations }: SignedInCaller,
): Promise<string | null> {
  if (source === 'account') return toText(account)
  const posts = await generations.posts()
  return posts === null ? null : toText(account, posts)
}

/** Dates as numbers: writing them as ISO 8601 takes longer than everything else. */
function toText(account: User, posts?: string): string {
  const values = Object.values(account).map((value: unknown) =>
    value instanceof Date ? value.getTime() : value,
  )
  return JSON.stringify([values, posts])
}
