import type { GraphQLResolveInfo } from 'graphql'
import { Store, getGraphQLRateLimiter } from 'graphql-rate-limit'
import { Extensions, createMethodMiddlewareDecorator } from 'type-graphql'
import { requireAccount, type Caller } from '../../core/caller.ts'
import { rateLimited } from '../../core/errors.ts'
import type { FieldLimit, LimitStatus } from '../../core/limit.ts'
import { toNetwork } from '../../core/network.ts'

/** Counts one attempt of a subject, in one atomic step that all nodes share. */
export type ReserveAttempt = (limit: FieldLimit, subject: string) => Promise<LimitStatus>

/** The status of a limited field, as `extensions.rateLimits` of the response reports it. */
export interface FieldLimitStatus {
  /** Path of the field in the response; each alias has its own. */
  readonly path: string
  readonly limit: number
  readonly remaining: number
  /** ISO 8601 in UTC. */
  readonly resetAt: string
}

/** A call of a limited field that was counted. */
export interface FieldClaim {
  readonly limit: FieldLimit
  /** As in `FieldLimitStatus`. */
  readonly path: string
}

/** Limits the fields of one request, and collects their status for the response. */
export interface FieldLimits {
  /**
   * Counts one call. Throws `RATE_LIMITED` if the limit is reached, `SERVICE_UNAVAILABLE` if the store cannot
   * count.
   */
  claim(limit: FieldLimit, call: FieldCall): Promise<void>
  /**
   * Counts the calls of a response before it is reused. False if a limit is reached: the fields must be
   * resolved then, which counts none of these calls again and rejects those that were refused.
   */
  claimAgain(claims: readonly FieldClaim[], context: RateLimitContext): Promise<boolean>
  /** The calls counted by `claim`. */
  readonly claims: readonly FieldClaim[]
  /** The status of each call counted so far. */
  readonly statuses: readonly FieldLimitStatus[]
}

/** The part of a context that rate limits use. */
interface RateLimitContext {
  readonly caller: Caller
  readonly fieldLimits: FieldLimits
}

/** One call of a field, with the arguments of its resolver. */
interface FieldCall {
  readonly root: unknown
  readonly args: Record<string, unknown>
  readonly context: RateLimitContext
  readonly info: GraphQLResolveInfo
}

/** A timestamp that is inside every window, on every clock. */
const NEVER_EXPIRED = Number.POSITIVE_INFINITY

/**
 * The store of graphql-rate-limit, on the state store. The state store decides, because the library reads a
 * list of past calls and then writes it back: of a hundred parallel calls with a limit of five, all hundred
 * would pass. Here reading reserves an attempt atomically, and writing does nothing. The library is given a
 * limit of one call, and an empty list if the attempt was granted.
 */
class ReservingStore extends Store {
  readonly #reserve: () => Promise<LimitStatus>
  status: LimitStatus | undefined

  constructor(reserve: () => Promise<LimitStatus>) {
    super()
    this.#reserve = reserve
  }

  async getForIdentity(): Promise<readonly number[]> {
    this.status = await this.#reserve()
    return this.status.granted ? [] : [NEVER_EXPIRED]
  }

  setForIdentity(): void {
    // The attempt is already counted.
  }
}

/** The field limits of one request. */
export function createFieldLimits(reserveAttempt: ReserveAttempt): FieldLimits {
  const statuses: FieldLimitStatus[] = []
  const claims: FieldClaim[] = []
  const countedBefore = new Map<string, LimitStatus>()

  async function reserve({ limit, path }: FieldClaim, subject: string): Promise<LimitStatus> {
    const status = await reserveAttempt(limit, subject)
    const { remaining, resetAt } = status
    statuses.push({ path, limit: status.limit, remaining, resetAt: resetAt.toISOString() })
    return status
  }

  return {
    statuses,
    claims,
    async claim(limit, { root, args, context, info }) {
      const subject = toSubject(limit, context)
      const path = [info.path.prev?.key, info.path.key].filter((key) => key !== undefined).join('.')
      const claim = { limit, path }
      const store = new ReservingStore(async () => countedBefore.get(path) ?? reserve(claim, subject))
      const limiter = getGraphQLRateLimiter({ identifyContext: () => subject, store })
      const window = `${limit.windowMs}ms`
      const refused = await limiter({ parent: root, args, context, info }, { max: 1, window })
      countedBefore.delete(path)
      const { status } = store
      if (!status) throw new Error('graphql-rate-limit did not read its store')
      claims.push(claim)
      if (refused !== undefined) throw rateLimited(status)
    },
    async claimAgain(again, context) {
      for (const claim of again)
        countedBefore.set(claim.path, await reserve(claim, toSubject(claim.limit, context)))
      return [...countedBefore.values()].every(({ granted }) => granted)
    },
  }
}

/** The subject of a limit; never a value that the client can choose freely. */
function toSubject({ per }: FieldLimit, { caller }: RateLimitContext): string {
  return per === 'account' ? requireAccount(caller).userId : toNetwork(caller.client.ipAddress)
}

/** Name of the GraphQL extension that contains the name of a field's limit. */
export const RATE_LIMIT_EXTENSION = 'rateLimit'

/** Limits how often a field is called. Each alias, and each element of a list of calls, is one call. */
export function RateLimit(limit: FieldLimit): MethodDecorator {
  const count = createMethodMiddlewareDecorator<RateLimitContext>(
    async ({ root, args, context, info }, next) => {
      await context.fieldLimits.claim(limit, { root, args, context, info })
      return next() as Promise<unknown>
    },
  )
  const declare = Extensions({ [RATE_LIMIT_EXTENSION]: limit.name })
  return (target, key, descriptor) => {
    declare(target, key, descriptor)
    return count(target, key, descriptor)
  }
}
