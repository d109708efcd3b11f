import type { CacheConfig } from '../config/groups/cache.ts'
import { GenerationCache } from '../core/generation-cache.ts'
import { measurePage } from '../features/posts/post-pages.ts'
import { measureResponse, type CachedResponse } from '../graphql/plugins/response-cache.ts'
import type { Clock } from '../ports/clock.ts'
import type { CounterLabels, Metrics } from '../ports/metrics.ts'
import type { ListedPost } from '../ports/posts.ts'
import type { User } from '../ports/users.ts'

/** The caches in the memory of this node. Null: the level is off. */
export interface Caches {
  readonly accounts: GenerationCache<User> | null
  readonly posts: GenerationCache<readonly ListedPost[]> | null
  readonly responses: GenerationCache<CachedResponse> | null
}

/** Approximate bytes of an account in memory. */
const ACCOUNT_BYTES = 1500

/** Creates the caches that the settings turn on. */
export function createCaches(
  { accounts, posts, responses }: CacheConfig,
  now: Clock,
  metrics: Pick<Metrics, 'count'>,
): Caches {
  const count = (level: CounterLabels<'gateway_cache_reads_total'>['level']) => (isHit: boolean) =>
    metrics.count('gateway_cache_reads_total', { level, result: isHit ? 'hit' : 'miss' })
  return {
    accounts:
      accounts &&
      new GenerationCache({ ...accounts, now, onRead: count('accounts'), measure: () => ACCOUNT_BYTES }),
    posts: posts && new GenerationCache({ ...posts, now, onRead: count('posts'), measure: measurePage }),
    responses:
      responses &&
      new GenerationCache({ ...responses, now, onRead: count('responses'), measure: measureResponse }),
  }
}
