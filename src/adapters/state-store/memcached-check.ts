import type { MemcachedConfig } from '../../config/groups/memcached.ts'
import { SECOND_MS } from '../../core/duration.ts'
import { withDeadline } from '../resilience/deadline.ts'
import { connectMemcached, type MemcachedServer } from './memcached-server.ts'
import type { StoreFinding } from './store-finding.ts'

const CHECK_TIMEOUT_MS = SECOND_MS

/** What Memcached does not promise, in any configuration. */
const VOLATILE: StoreFinding = {
  severity: 'warning',
  event: 'memcached.volatile',
  problem:
    'Memcached keeps nothing over a restart: codes in progress end, limits start again, and revoked tokens of API keys are accepted until they expire',
}

/**
 * Checks the settings of each server that the limits depend on. A server that evicts items would forget the
 * failed attempts at a code before the code itself, so it is refused. One that does not respond is no
 * finding.
 */
export async function checkMemcached({ servers, tls }: MemcachedConfig): Promise<readonly StoreFinding[]> {
  const found = await Promise.all(servers.map((address) => checkServer(connectMemcached(address, tls))))
  return [...found.flat(), VOLATILE]
}

async function checkServer(server: MemcachedServer): Promise<StoreFinding[]> {
  const read = () => server.readStatistics('settings')
  const settings = await withDeadline(read, CHECK_TIMEOUT_MS).catch(() => new Map<string, string>())
  server.close()
  const refuse = (problem: string): StoreFinding => ({
    severity: 'refusal',
    event: 'memcached.refused',
    problem,
  })
  return [
    ...(settings.get('evictions') === 'on'
      ? [
          refuse(
            `MEMCACHED_SERVERS: ${server.name} evicts items when its memory is full, so that the limit of attempts at a code would start again; start it with -M`,
          ),
        ]
      : []),
    ...(settings.get('cas_enabled') === 'no'
      ? [
          refuse(
            `MEMCACHED_SERVERS: ${server.name} runs without CAS (-C), which single use of codes depends on`,
          ),
        ]
      : []),
  ]
}
