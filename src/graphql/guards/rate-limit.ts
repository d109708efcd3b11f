import type { GraphQLResolveInfo } from 'graphql'
import { Store, getGraphQLRateLimiter } from 'graphql-rate-limit'
import { createMethodMiddlewareDecorator } from 'type-graphql'
import { requireSignedIn, type Caller } from '../../core/caller.ts'
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

/** Limits the fields of one request, and collects their status for the response. */
export interface FieldLimits {
  /**
   * Counts one call. Throws `RATE_LIMITED` if the limit is reached, `SERVICE_UNAVAILABLE` if the store cannot
   * count.
   */
  claim(limit: FieldLimit, call: FieldCall): Promise<void>
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
export function createFieldLimits(reserve: ReserveAttempt): FieldLimits {
  const statuses: FieldLimitStatus[] = []
  return {
    statuses,
    async claim(limit, { root, args, context, info }) {
      const subject = toSubject(limit, context)
      const store = new ReservingStore(() => reserve(limit, subject))
      const limiter = getGraphQLRateLimiter({ identifyContext: () => subject, store })
      const window = `${limit.windowMs}ms`
      const refused = await limiter({ parent: root, args, context, info }, { max: 1, window })
      const { status } = store
      if (!status) throw new Error('graphql-rate-limit did not read its store')
      const path = [info.path.prev?.key, info.path.key].filter((key) => key !== undefined).join('.')
      const { remaining, resetAt } = status
      statuses.push({ path, limit: status.limit, remaining, resetAt: resetAt.toISOString() })
      if (refused !== undefined) throw rateLimited(status)
    },
  }
}

/** The subject of a limit; never a value that the client can choose freely. */
function toSubject({ per }: FieldLimit, { caller }: RateLimitContext): string {
  return per === 'account' ? requireSignedIn(caller).userId : toNetwork(caller.client.ipAddress)
}

/** Limits how often a field is called. Each alias, and each element of a list of calls, is one call. */
export function RateLimit(limit: FieldLimit): MethodDecorator {
  return createMethodMiddlewareDecorator<RateLimitContext>(async ({ root, args, context, info }, next) => {
    await context.fieldLimits.claim(limit, { root, args, context, info })
    return next() as Promise<unknown>
  })
}
