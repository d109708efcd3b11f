import type { GraphQLResolveInfo } from 'graphql'
import { Store, getGraphQLRateLimiter } from 'graphql-rate-limit'
import { createMethodMiddlewareDecorator } from 'type-graphql'
import { requireSignedIn, type Caller } from '../../core/caller.ts'
import { rateLimited } from '../../core/errors.ts'
import { toNetwork } from '../../core/network.ts'

/** How often a field may be called. */
export interface FieldRule {
  /** Part of the key: rules never share a counter. */
  readonly name: string
  /** Whose calls count together. `network`: one IPv4 address, or 64 bits of IPv6. `account`: whoever is signed in. */
  readonly per: 'network' | 'account'
  /** Times in one window, which opens at the first and never slides. */
  readonly max: number
  readonly windowMs: number
}

/** How a subject stands after one more call. */
export interface Standing {
  readonly granted: boolean
  readonly limit: number
  readonly remaining: number
  readonly resetsInMs: number
  readonly resetAt: Date
}

/** Takes one place for a subject under a rule, in one step that every node shares. */
export type Reserve = (rule: FieldRule, subject: string) => Promise<Standing>

/** How a limited field stands, as `extensions.rateLimits` of the answer tells it. */
export interface FieldStanding {
  /** Where in the answer: an alias has its own. */
  readonly path: string
  readonly limit: number
  readonly remaining: number
  /** ISO 8601 in UTC. */
  readonly resetAt: string
}

/** Limits fields, and remembers for one answer how they stand. */
export interface FieldLimits {
  /** Counts one call; throws `RATE_LIMITED` when none is left, `SERVICE_UNAVAILABLE` when the store cannot count. */
  claim(rule: FieldRule, call: Call): Promise<void>
  /** What has been claimed for this answer. */
  readonly standings: readonly FieldStanding[]
}

/** What limits need of a context. */
interface LimitedContext {
  readonly caller: Caller
  readonly fieldLimits: FieldLimits
}

/** One call of a field, as TypeGraphQL hands it over. */
interface Call {
  readonly root: unknown
  readonly args: Record<string, unknown>
  readonly context: LimitedContext
  readonly info: GraphQLResolveInfo
}

/** A past call that no clock outruns. */
const NEVER_OVER = Number.POSITIVE_INFINITY

/**
 * graphql-rate-limit reads a list of past calls, then writes it back: at five allowed, a hundred at once all pass. Here its
 * `get` takes a place in the state store, in one step that every node shares, and its `set` does nothing. The library is told
 * that one call is allowed; the store says whether this is it.
 */
class ReservingStore extends Store {
  readonly #reserve: () => Promise<Standing>
  standing: Standing | undefined

  constructor(reserve: () => Promise<Standing>) {
    super()
    this.#reserve = reserve
  }

  async getForIdentity(): Promise<readonly number[]> {
    this.standing = await this.#reserve()
    return this.standing.granted ? [] : [NEVER_OVER]
  }

  setForIdentity(): void {
    // Counted already.
  }
}

/** The limits of one answer. */
export function createFieldLimits(reserve: Reserve): FieldLimits {
  const standings: FieldStanding[] = []
  return {
    standings,
    async claim(rule, { root, args, context, info }) {
      const subject = subjectOf(rule, context)
      const store = new ReservingStore(() => reserve(rule, subject))
      const limiter = getGraphQLRateLimiter({ identifyContext: () => subject, store })
      const window = `${rule.windowMs}ms`
      const refused = await limiter({ parent: root, args, context, info }, { max: 1, window })
      const { standing } = store
      if (!standing) throw new Error('the limit was not asked')
      const { limit, remaining, resetAt } = standing
      const path = [info.path.prev?.key, info.path.key].filter((key) => key !== undefined).join('.')
      standings.push({ path, limit, remaining, resetAt: resetAt.toISOString() })
      if (refused !== undefined) throw rateLimited(standing)
    },
  }
}

/** Whom the rule counts: never a thing that the caller chooses freely. */
function subjectOf({ per }: FieldRule, { caller }: LimitedContext): string {
  return per === 'account' ? requireSignedIn(caller).userId : toNetwork(caller.client.ipAddress)
}

/** Limits a field by its rule; every alias and every element of a list of calls counts. */
export function RateLimit(rule: FieldRule): MethodDecorator {
  return createMethodMiddlewareDecorator<LimitedContext>(async ({ root, args, context, info }, next) => {
    await context.fieldLimits.claim(rule, { root, args, context, info })
    return next() as Promise<unknown>
  })
}
