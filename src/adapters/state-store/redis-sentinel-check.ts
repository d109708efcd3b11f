import type { RedisConnection } from '../../config/groups/redis-connection.ts'
import { SECOND_MS } from '../../core/duration.ts'
import type { Random } from '../../core/secrets.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { connectSentinels } from './redis-connection.ts'
import { SWITCH_CHANNEL } from './redis-failover.ts'
import type { StoreFinding } from './store-finding.ts'

const TIMEOUT_MS = SECOND_MS

/**
 * Subscribes to the announcements of each Sentinel. One that does not respond is no finding: the others
 * announce a fail-over, too.
 */
export async function checkSentinels(
  servers: RedisConnection['servers'],
  random: Random,
): Promise<readonly StoreFinding[]> {
  if (servers.shape !== 'sentinel') return []
  const sentinels = connectSentinels(servers, random)
  const refusals = await Promise.all(
    sentinels.map((sentinel) =>
      withDeadline(() => sentinel.subscribe(SWITCH_CHANNEL), TIMEOUT_MS).then(
        () => false,
        (error: unknown) => error instanceof Error && /^NOPERM/.test(error.message),
      ),
    ),
  )
  for (const sentinel of sentinels) sentinel.disconnect()
  if (!refusals.includes(true)) return []
  const problem = `REDIS_SENTINEL_USERNAME: the Sentinels forbid SUBSCRIBE to ${SWITCH_CHANNEL}, so that writes to a primary are lost for some ten seconds if it is replaced while it runs; docs/state-stores.md has the rules that are needed`
  return [{ severity: 'warning', event: 'redis.failover_unheard', problem }]
}
